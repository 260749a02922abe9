"""Orders change: entitlements follow."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from services.catalog.usecases.follow_order import follow_order
from shared.clock import Clock
from shared.contracts import ORDER_PAID
from shared.messaging.envelope import Event

Reaction = Callable[[Session, Event], None]

# Each carries the whole order, so one reaction reads them all, in whichever order they come.
FOLLOWED = ("orders.order.paid.v1", "orders.order.completed.v1", "orders.order.refunded.v1")


def on_orders(clock: Clock) -> dict[str, Reaction]:
    """Catalog's reactions to orders, by event type."""

    def follow(session: Session, event: Event) -> None:
        follow_order(session, ORDER_PAID.load(event.data), clock.now())

    return dict.fromkeys(FOLLOWED, follow)
