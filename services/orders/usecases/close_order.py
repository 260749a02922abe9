"""Expire or cancel an order. The checkout is closed at the gateway first; if it was just paid, so is the order."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.orders.domain.access import active_payment, lock_order
from services.orders.domain.actors import SYSTEM, Actor
from services.orders.domain.history import Happened
from services.orders.domain.lifecycle import OrderStatus
from services.orders.domain.orders import Order
from services.orders.domain.payments import Payment, PaymentStatus
from services.orders.usecases.announce import announce_present
from services.orders.usecases.desk import Desk
from services.orders.usecases.later import CLOSE_ORDER, soon
from services.orders.usecases.open_checkout import PaymentRefused, open_checkout
from services.orders.usecases.record_checkout import record_checkout
from shared.messaging.timers import cancel
from shared.problems import Conflict


class PaymentOnItsWay(Conflict):
    slug, title = "payment-processing", "The payment is on its way and cannot be stopped"


def begin_closing(
    session: Session, order_id: UUID, end: OrderStatus, actor: Actor, *, reason: str, now: datetime
) -> Order | None:
    """End an open order at once when nobody can be paying it; otherwise note the intent and close the checkout a
    moment later. None for an order that is not open any more.

    Raises PaymentOnItsWay when the buyer's money is already moving.
    """
    order = lock_order(session, order_id)
    if order is None or not order.is_open:
        return None
    payment = active_payment(session, order_id)
    if payment is not None and payment.status == PaymentStatus.PROCESSING:
        raise PaymentOnItsWay()
    if order.closing is None:
        order.close(end, actor, reason)
    if payment is None:
        _end(session, order, now)
    else:
        order.note(Happened.CLOSING, actor, now, end=order.closing, reason=reason)
        soon(session, CLOSE_ORDER, order.id, now)
    return order


def close_order(desk: Desk, order_id: UUID) -> None:
    """End an order that is closing or past its time; one that is neither is looked at again when its time comes.

    Safe to repeat at any point. Raises GatewayUnavailable when the checkout could not be closed; nothing is lost
    then, and the order is not ended before it is.
    """
    payment = _begin(desk, order_id)
    if payment is None:
        return
    session_id = payment.session_id
    if session_id is None:
        try:
            session_id = open_checkout(desk, payment.id).session_id
        except PaymentRefused:
            session_id = None
    if session_id is not None:
        record_checkout(desk, payment.id, desk.gateway.close_checkout(session_id))
    _finish(desk, order_id)


def _begin(desk: Desk, order_id: UUID) -> Payment | None:
    """Note that the order is closing; the payment whose checkout must be closed for it, or None."""
    now = desk.clock.now()
    with desk.database.transaction() as session:
        order = lock_order(session, order_id)
        if order is None or not order.is_open:
            return None
        if order.closing is None and now < order.expires_at:
            soon(session, CLOSE_ORDER, order_id, order.expires_at)
            return None
        payment = active_payment(session, order_id)
        if payment is not None and payment.status == PaymentStatus.PROCESSING:
            return None
        if order.closing is None:
            order.close(OrderStatus.EXPIRED, SYSTEM, "not_paid_in_time")
        if payment is None:
            _end(session, order, now)
        return payment


def _finish(desk: Desk, order_id: UUID) -> None:
    with desk.database.transaction() as session:
        order = lock_order(session, order_id)
        if order is None or not order.is_open or order.closing is None:
            return
        if active_payment(session, order_id) is None:
            _end(session, order, desk.clock.now())


def _end(session: Session, order: Order, now: datetime) -> None:
    order.end_unpaid(now)
    cancel(session, CLOSE_ORDER, order.id)
    announce_present(session, order, now)
