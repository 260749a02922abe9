"""Orders' worker: publishes its events, hears of offers, deliveries and people, and does what comes later."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from services.orders.gateways.payments import PaymentGateway
from services.orders.gateways.payments.stripe import StripeGateway
from services.orders.reactions.on_deliveries import DeliveryReactions
from services.orders.reactions.on_offers import OfferReactions
from services.orders.reactions.on_storefront import PersonReactions
from services.orders.settings import OrdersSettings
from services.orders.usecases import later
from services.orders.usecases.ask_for_refund import ask_for_refund
from services.orders.usecases.change_cart import forget_old_carts
from services.orders.usecases.check_payment import check_payment, learn_fee
from services.orders.usecases.close_order import close_order
from services.orders.usecases.desk import Desk
from services.orders.usecases.process_notice import process_notice
from services.orders.usecases.reconcile_notices import reconcile_notices
from services.orders.usecases.republish import republish
from services.orders.usecases.sweep import sweep
from shared.clock import Clock
from shared.contracts import (
    DELIVERY_COMPLETED,
    DELIVERY_FAILED,
    OFFER_PUBLISHED,
    OFFER_WITHDRAWN,
    ORDER_CANCELLED,
    ORDER_COMPLETED,
    ORDER_EXPIRED,
    ORDER_PLACED,
    PERSON_ERASED,
)
from shared.messaging.inbox import Reaction
from shared.messaging.timers import Every, Handler, Timer
from shared.messaging.worker import Worker
from shared.service import build_service

PRUNING = timedelta(hours=6)
# Facts that are told for services to come; nobody's queue is bound to them yet.
UNHEARD = [f"orders.{contract.name}" for contract in (ORDER_PLACED, ORDER_COMPLETED, ORDER_EXPIRED, ORDER_CANCELLED)]


def create_worker(
    settings: OrdersSettings | None = None, clock: Clock | None = None, gateway: PaymentGateway | None = None
) -> Worker:
    """The worker; settings come from the environment unless given."""
    settings = settings or OrdersSettings()
    service = build_service("orders", settings, clock)
    desk = Desk(service.database, gateway or StripeGateway(settings), settings, service.clock)
    return Worker(
        service,
        reactions=reactions(service.clock),
        timers=handlers(desk),
        every=[
            Every(later.SWEEP, timedelta(seconds=settings.sweep_seconds)),
            Every(later.RECONCILE, timedelta(seconds=settings.reconcile_seconds)),
            Every(later.PRUNE, PRUNING),
        ],
        republish=lambda session: republish(session, service.clock.now()),
        unheard=UNHEARD,
    )


def reactions(clock: Clock) -> dict[str, Reaction]:
    """What orders hears of, from whichever service."""
    offers, deliveries, people = OfferReactions(clock), DeliveryReactions(clock), PersonReactions(clock)
    return {
        f"*.{OFFER_PUBLISHED.name}": offers.published,
        f"*.{OFFER_WITHDRAWN.name}": offers.withdrawn,
        f"*.{DELIVERY_COMPLETED.name}": deliveries.completed,
        f"*.{DELIVERY_FAILED.name}": deliveries.failed,
        f"storefront.{PERSON_ERASED.name}": people.erased,
    }


def handlers(desk: Desk) -> dict[str, Handler]:
    """What is done when a timer comes due; each may be repeated."""

    def for_id(do: Callable[[Desk, UUID], None]) -> Handler:
        return lambda timer: do(desk, UUID(timer.subject))

    def process(timer: Timer) -> None:
        process_notice(desk, timer.subject)

    def prune(_: Timer) -> None:
        with desk.database.transaction() as session:
            forget_old_carts(session, desk.clock.now() - timedelta(days=desk.settings.cart_days))

    def look(_: Timer) -> None:
        sweep(desk)

    def reconcile(_: Timer) -> None:
        reconcile_notices(desk)

    return {
        later.CLOSE_ORDER: for_id(close_order),
        later.CHECK_PAYMENT: for_id(check_payment),
        later.LEARN_FEE: for_id(learn_fee),
        later.ASK_REFUND: for_id(ask_for_refund),
        later.PROCESS_NOTICE: process,
        later.SWEEP: look,
        later.RECONCILE: reconcile,
        later.PRUNE: prune,
    }


def main() -> None:
    create_worker().run_forever()


if __name__ == "__main__":
    main()
