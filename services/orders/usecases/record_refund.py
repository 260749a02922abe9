"""Bring a refund and its order to what the gateway says of it."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.orders.domain.actors import GATEWAY
from services.orders.domain.alerts import AlertKind
from services.orders.domain.history import Happened
from services.orders.domain.orders import Order
from services.orders.domain.refunds import Refund, RefundOrigin, RefundStatus
from services.orders.gateways.payments import RefundReport
from services.orders.usecases.announce import announce, announce_present, want_notice
from services.orders.usecases.raise_alert import raise_alert
from shared.contracts import ORDER_REFUNDED

FAILED = ("failed", "canceled")


def record_refund(session: Session, order: Order, refund: Refund, report: RefundReport, now: datetime) -> bool:
    """Book what became of a refund; repeated and stale reports change nothing. The caller holds the order's lock.

    False, with an alert, for a report that speaks of another amount or currency.
    """
    if report.amount != refund.amount or report.currency != order.currency:
        raise_alert(
            session,
            AlertKind.PAYMENT_MISMATCH,
            f"refund:{refund.id}:{report.id}",
            now,
            order_id=order.id,
            refund=report.id,
            amount=report.amount,
            currency=report.currency,
        )
        return False
    refund.gateway_id = refund.gateway_id or report.id
    if report.status == "succeeded" and not refund.is_settled:
        finish_refund(session, order, refund, now)
    elif report.status in FAILED and refund.status != RefundStatus.FAILED:
        fail_refund(session, order, refund, report.failure or report.status, now)
    return True


def finish_refund(session: Session, order: Order, refund: Refund, now: datetime) -> None:
    """The money is back with the buyer: book it on the lines, move the order when all of it is, tell of it."""
    refund.succeed(now)
    if refund.lines:
        order.end_if_refunded(now)
    order.note(
        Happened.REFUNDED,
        GATEWAY,
        now,
        refund_id=str(refund.id),
        amount=refund.amount,
        reason=refund.reason,
        lines={str(part.line_id): part.amount for part in refund.lines},
    )
    if refund.lines:
        announce(session, order, ORDER_REFUNDED, now)
    if refund.origin != RefundOrigin.DISPUTE:
        topic = "order-refunded" if refund.lines else "late-payment-refunded"
        want_notice(session, order, topic, now, amount=refund.amount, reason=refund.reason)


def fail_refund(session: Session, order: Order, refund: Refund, failure: str, now: datetime) -> None:
    """The buyer does not have the money: free what was reserved, or take back that it was given, and alert."""
    had_succeeded = refund.status == RefundStatus.SUCCEEDED
    refund.fail(failure, now)
    order.note(Happened.REFUND_FAILED, GATEWAY, now, refund_id=str(refund.id), amount=refund.amount, failure=failure)
    raise_alert(
        session,
        AlertKind.REFUND_FAILED,
        str(refund.id),
        now,
        order_id=order.id,
        refund_id=str(refund.id),
        amount=refund.amount,
        failure=failure,
    )
    if had_succeeded and refund.lines:
        announce_present(session, order, now)
