"""Storefront's worker: publishes person.changed, writes the letters others want, sends them."""

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from sqlalchemy.orm import Session

from services.storefront.gateways.mail import open_mail
from services.storefront.reactions.on_notices import WriteNotices
from services.storefront.settings import StorefrontSettings
from services.storefront.usecases.announce_person import republish_people
from services.storefront.usecases.count_attempt import forget_attempts
from services.storefront.usecases.send_letter import send_letter
from services.storefront.usecases.write_letter import SEND_LETTER
from shared.clock import Clock
from shared.contracts import NOTICE_WANTED
from shared.messaging.envelope import Event
from shared.messaging.timers import Every, Timer
from shared.messaging.worker import Worker
from shared.service import build_service

FORGET_ATTEMPTS = "forget-attempts"


def create_worker(settings: StorefrontSettings | None = None, clock: Clock | None = None) -> Worker:
    """The worker; settings come from the environment unless given."""
    settings = settings or StorefrontSettings()
    service = build_service("storefront", settings, clock)
    mail = open_mail(settings)

    def send(timer: Timer) -> None:
        send_letter(service.database, mail, service.clock, settings.mail_from, UUID(timer.subject))

    def forget(_timer: Timer) -> None:
        with service.database.transaction() as session:
            forget_attempts(session)

    def republish(session: Session) -> Iterable[Event]:
        return republish_people(session, service.clock.now())

    return Worker(
        service,
        reactions={f"*.{NOTICE_WANTED.name}": WriteNotices(settings.public_url, service.clock)},
        timers={SEND_LETTER: send, FORGET_ATTEMPTS: forget},
        every=[Every(FORGET_ATTEMPTS, timedelta(hours=6))],
        republish=republish,
    )


def main() -> None:
    create_worker().run_forever()


if __name__ == "__main__":
    main()
