"""Money that no order waits for, because it came after the order was over or twice, goes back by itself."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.orders.domain.actors import GATEWAY, SYSTEM
from services.orders.domain.alerts import AlertKind
from services.orders.domain.history import Happened
from services.orders.domain.orders import Order
from services.orders.domain.payments import Payment
from services.orders.domain.refunds import RefundOrigin
from services.orders.usecases.raise_alert import raise_alert
from services.orders.usecases.refund_order import reserve_refund


def return_surplus(session: Session, order: Order, payment: Payment, now: datetime) -> None:
    """Record the captured payment on an order that is not open and refund all of it. The order does not move.

    The caller holds the order's lock. Raises IllegalMove when the payment was captured before.
    """
    payment.capture(now, settles=False)
    twice = order.was_paid
    kind, alert = (Happened.PAID_TWICE, AlertKind.PAID_TWICE) if twice else (Happened.PAID_LATE, AlertKind.PAID_LATE)
    order.note(kind, GATEWAY, now, amount=payment.captured)
    raise_alert(session, alert, str(payment.id), now, order_id=order.id, amount=payment.captured)
    reason = "paid_twice" if twice else "paid_late"
    reserve_refund(session, order, payment, {}, origin=RefundOrigin.SURPLUS, actor=SYSTEM, now=now, reason=reason)
