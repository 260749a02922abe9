"""An order is paid: by a captured payment, or at once when it costs nothing."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.orders.domain.actors import GATEWAY, Actor
from services.orders.domain.fees import divide_fee
from services.orders.domain.orders import Order
from services.orders.domain.payments import Payment
from services.orders.usecases.announce import announce, want_notice
from services.orders.usecases.later import CLOSE_ORDER
from shared.contracts import ORDER_PAID
from shared.messaging.timers import cancel


def pay_order(session: Session, order: Order, payment: Payment, now: datetime) -> None:
    """Capture `payment` and let it settle `order`, tell of it. The caller holds the order's lock.

    Raises IllegalMove when the order is not open or the payment was captured before.
    """
    payment.capture(now, settles=True)
    order.pay(GATEWAY, now, livemode=payment.livemode, method=payment.method)
    if payment.fee is not None:
        divide_fee(order.lines, payment.fee)
    _tell(session, order, now)


def pay_free_order(session: Session, order: Order, buyer: Actor, now: datetime) -> None:
    """An order of 0 fen is paid without the gateway; raises ValueError for any other."""
    if order.total:
        raise ValueError("only an order of 0 fen is free")
    order.pay(buyer, now)
    _tell(session, order, now)


def _tell(session: Session, order: Order, now: datetime) -> None:
    cancel(session, CLOSE_ORDER, order.id)
    announce(session, order, ORDER_PAID, now)
    want_notice(session, order, "order-paid", now, total=order.total)
