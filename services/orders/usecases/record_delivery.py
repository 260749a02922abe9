"""What became of a paid line, in its owner's words: delivered, or failed with an amount to give back."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.orders.domain.access import lock_order, settling_payment
from services.orders.domain.actors import PUBLISHER
from services.orders.domain.history import Happened
from services.orders.domain.lines import LineDelivery, OrderLine
from services.orders.domain.orders import Order
from services.orders.domain.refunds import RefundOrigin
from services.orders.usecases.announce import announce_present
from services.orders.usecases.refund_order import reserve_refund
from shared.contracts.deliveries import Delivery


class UnknownDelivery(Exception):
    """A delivery of a line that is not the sender's, not paid, or not there."""


def record_delivery(session: Session, source: str, fact: Delivery, outcome: LineDelivery, now: datetime) -> bool:
    """Record the line's state so far, refund what is newly to be given back, complete the order when all is done.

    False for a version that is not newer than the line's. `give_back` is fen in all: only the difference to what
    went back or is on its way is refunded. Raises UnknownDelivery.
    """
    order = lock_order(session, fact.order_id)
    line = order.line(fact.line_id) if order else None
    if order is None or line is None or line.publisher != source or not order.was_paid:
        raise UnknownDelivery(f"{source} delivered line {fact.line_id} of order {fact.order_id}")
    if fact.earned + fact.give_back > line.paid:
        raise UnknownDelivery(f"line {line.id}: earned and given back exceed the {line.paid} fen paid")
    if fact.version <= line.delivery_version:
        return False
    line.delivery_version, line.delivery = fact.version, outcome
    line.earned, line.give_back = fact.earned, fact.give_back
    kind = Happened.LINE_DELIVERED if outcome == LineDelivery.DELIVERED else Happened.LINE_FAILED
    order.note(kind, PUBLISHER, now, line_id=str(line.id), title=line.title, reason=fact.reason)
    _give_back(session, order, line, fact.reason, now)
    if order.complete_if_delivered(now):
        announce_present(session, order, now)
    return True


def _give_back(session: Session, order: Order, line: OrderLine, reason: str, now: datetime) -> None:
    missing = line.give_back - line.refunded - line.reserved
    payment = settling_payment(session, order.id)
    if missing > 0 and payment is not None:
        reserve_refund(
            session,
            order,
            payment,
            {line.id: missing},
            origin=RefundOrigin.DELIVERY,
            actor=PUBLISHER,
            now=now,
            reason=reason or "not_delivered",
        )
