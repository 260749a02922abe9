"""A refund made in the gateway's own dashboard: taken into the books, divided over what the lines have left."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.orders.domain.actors import GATEWAY
from services.orders.domain.alerts import AlertKind
from services.orders.domain.orders import Order
from services.orders.domain.payments import Payment
from services.orders.domain.refunds import Refund, RefundOrigin, reserve
from services.orders.gateways.payments import RefundReport
from services.orders.usecases.raise_alert import raise_alert
from services.orders.usecases.record_refund import finish_refund
from services.orders.usecases.take_back import divided


def adopt_refund(session: Session, order: Order, payment: Payment, report: RefundReport, now: datetime) -> None:
    """Book a refund we did not ask for, once it has succeeded. The caller holds the order's lock.

    Raises RefundTooLarge while a refund of our own holds the same money: the gateway will refuse that one, and the
    next try finds it free.
    """
    known = session.scalar(select(Refund).where(Refund.gateway_id == report.id))
    if known is not None or report.status != "succeeded":
        return
    amounts = divided(order, report.amount) if payment.settles else {}
    refund = reserve(
        payment,
        amounts,
        {line.id: line for line in order.lines},
        origin=RefundOrigin.GATEWAY,
        actor=GATEWAY,
        now=now,
        reason="made_at_the_gateway",
    )
    refund.gateway_id = report.id
    session.add(refund)
    finish_refund(session, order, refund, now)
    raise_alert(
        session,
        AlertKind.FOREIGN_REFUND,
        report.id,
        now,
        order_id=order.id,
        amount=report.amount,
        refund=report.id,
    )
