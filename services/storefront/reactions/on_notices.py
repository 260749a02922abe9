"""What other services want people told."""

from sqlalchemy.orm import Session

from services.storefront.usecases.write_notice import write_notice
from shared.clock import Clock
from shared.contracts import NOTICE_WANTED
from shared.messaging.envelope import Event


class WriteNotices:
    """Reacts to `notice.wanted` of anyone."""

    def __init__(self, front: str, clock: Clock) -> None:
        self._front = front
        self._clock = clock

    def __call__(self, session: Session, event: Event) -> None:
        write_notice(session, NOTICE_WANTED.load(event.data), self._front, self._clock.now())
