"""What storefront tells of people."""

from sqlalchemy.orm import Session

from services.orders.usecases.erase_person import erase_person
from shared.clock import Clock
from shared.contracts import PERSON_ERASED
from shared.messaging.envelope import Event


class PersonReactions:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def erased(self, session: Session, event: Event) -> None:
        """Keep nothing of them but ids."""
        erase_person(session, PERSON_ERASED.load(event.data).person_id, self._clock.now())
