"""What a buyer has already: private offers in an order, and things each party gets one of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.orders.domain.carts import LineProblem
from services.orders.domain.lifecycle import OrderStatus
from services.orders.domain.lines import OrderLine, hold_key
from services.orders.domain.offers import Offer
from services.orders.domain.orders import Order


@dataclass(frozen=True)
class Hold:
    """The order that holds an offer."""

    order_id: UUID
    number: str
    problem: LineProblem


def holds_among(session: Session, offers: Iterable[Offer], holder_id: UUID) -> Mapping[UUID, Hold]:
    """Which of `offers` an open or paid order of `holder_id` holds, by offer id."""
    keys = {key: offer.id for offer in offers if (key := hold_key(offer, holder_id))}
    held = select(OrderLine.hold_key, Order.id, Order.number, Order.status).join(Order, Order.id == OrderLine.order_id)
    return {
        keys[key]: Hold(order_id, number, _problem(status))
        for key, order_id, number, status in session.execute(held.where(OrderLine.hold_key.in_(keys)))
        if key is not None
    }


def _problem(status: str) -> LineProblem:
    is_open = status == OrderStatus.AWAITING_PAYMENT
    return LineProblem.IN_OPEN_ORDER if is_open else LineProblem.ALREADY_BOUGHT
