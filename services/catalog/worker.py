"""Catalog's worker: publishes offers and deliveries, hears of orders and people, inspects what was uploaded."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from uuid import UUID

from sqlalchemy.orm import Session

from services.catalog.gateways.moderation.choosing import open_moderator
from services.catalog.reactions import on_orders, on_storefront
from services.catalog.settings import CatalogSettings
from services.catalog.usecases import later
from services.catalog.usecases.announce_version import ANNOUNCE
from services.catalog.usecases.discard_upload import discard_expired_uploads
from services.catalog.usecases.inspect_file import inspect_file
from services.catalog.usecases.judge_product import judge_product
from services.catalog.usecases.offer_product import republish_offers
from services.catalog.usecases.process_picture import process_picture
from services.catalog.usecases.republish_deliveries import republish_deliveries
from services.catalog.usecases.tell_holders import tell_holders
from shared.clock import Clock
from shared.messaging.envelope import Event
from shared.messaging.timers import Every, Handler, Timer
from shared.messaging.worker import Worker
from shared.service import Service, build_service


def create_worker(settings: CatalogSettings | None = None, clock: Clock | None = None) -> Worker:
    """The worker; settings come from the environment unless given."""
    settings = settings or CatalogSettings()
    service = build_service("catalog", settings, clock)
    return Worker(
        service,
        reactions={**on_orders.on_orders(service.clock), **on_storefront.REACTIONS},
        timers=handlers(service, settings),
        every=[Every(later.DISCARD_UPLOADS, timedelta(hours=1))],
        republish=lambda session: _republish(session, service),
    )


def handlers(service: Service, settings: CatalogSettings) -> dict[str, Handler]:
    """What is done after the answer, by the timer's kind."""
    moderator = open_moderator(settings)
    return {
        later.INSPECT_FILE: _by_id(lambda file_id: inspect_file(service, file_id)),
        later.PROCESS_PICTURE: _by_id(lambda picture_id: process_picture(service, settings, moderator, picture_id)),
        later.JUDGE_PRODUCT: _by_id(lambda product_id: judge_product(service, settings, moderator, product_id)),
        later.DISCARD_UPLOADS: lambda _timer: _discard(service),
        ANNOUNCE: partial(tell_holders, service),
    }


def _by_id(work: Callable[[UUID], None]) -> Handler:
    def handle(timer: Timer) -> None:
        work(UUID(timer.subject))

    return handle


def _republish(session: Session, service: Service) -> Iterator[Event]:
    now = service.clock.now()
    yield from republish_offers(session, now)
    yield from republish_deliveries(session, now)


def _discard(service: Service) -> None:
    discard_expired_uploads(service)


def main() -> None:
    create_worker().run_forever()


if __name__ == "__main__":
    main()
