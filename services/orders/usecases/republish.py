"""Tell the present facts of orders anew, for a consumer younger than the outbox."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.orders.domain.orders import Order
from services.orders.usecases.announce import repeat
from shared.messaging.envelope import Event

AT_ONCE = 200


def republish(session: Session, now: datetime) -> Iterator[Event]:
    """Emit every order at its present version, oldest first, without moving it; those who know it drop it."""
    every = select(Order).order_by(Order.id).execution_options(yield_per=AT_ONCE)
    for order in session.scalars(every):
        yield repeat(session, order, now)
