"""The buyer's bank asks for money back. What is lost counts as refunded, and nobody is asked."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.orders.domain.access import lock_payment
from services.orders.domain.actors import GATEWAY
from services.orders.domain.alerts import AlertKind
from services.orders.domain.disputes import LOST, OVER, Dispute
from services.orders.domain.history import Happened
from services.orders.domain.orders import Order
from services.orders.domain.payments import Payment
from services.orders.domain.refunds import RefundOrigin, reserve
from services.orders.gateways.payments import DisputeReport
from services.orders.usecases.desk import Desk
from services.orders.usecases.raise_alert import raise_alert
from services.orders.usecases.record_refund import finish_refund
from services.orders.usecases.take_back import divided


class RefundInFlight(Exception):
    """A refund of the same money is being asked for; how much is left to book is known once it is settled."""


def record_dispute(desk: Desk, gateway_id: str) -> bool:
    """Fetch a dispute and record it on its order; safe to repeat, and one that is over stays over.

    False when no payment of ours is disputed. Raises RefundInFlight and GatewayUnavailable: try again later.
    """
    report = desk.gateway.read_dispute(gateway_id)
    now = desk.clock.now()
    with desk.database.transaction() as session:
        found = lock_payment(session, Payment.intent_id == report.intent_id)
        if found is None:
            return False
        _record(session, *found, report, now)
    return True


def _record(session: Session, order: Order, payment: Payment, report: DisputeReport, now: datetime) -> None:
    dispute = session.get(Dispute, report.id)
    if dispute is None:
        dispute = _open(session, order, payment, report, now)
    if dispute.is_over:
        return
    dispute.status, dispute.reason = report.status, report.reason
    dispute.amount, dispute.evidence_due_at = report.amount, report.evidence_due_at
    if report.status not in OVER:
        return
    dispute.closed_at = now
    order.note(Happened.DISPUTE_CLOSED, GATEWAY, now, dispute=report.id, outcome=report.status)
    if report.status == LOST:
        raise_alert(session, AlertKind.DISPUTE_LOST, report.id, now, order_id=order.id, amount=report.amount)
        _book_loss(session, order, payment, dispute, now)


def _open(session: Session, order: Order, payment: Payment, report: DisputeReport, now: datetime) -> Dispute:
    dispute = Dispute(
        id=report.id,
        order_id=order.id,
        payment_id=payment.id,
        amount=report.amount,
        reason=report.reason,
        status="needs_response",
        evidence_due_at=report.evidence_due_at,
        booked=0,
        opened_at=report.opened_at,
    )
    session.add(dispute)
    order.note(Happened.DISPUTED, GATEWAY, now, dispute=report.id, amount=report.amount, reason=report.reason)
    raise_alert(
        session,
        AlertKind.DISPUTE_OPENED,
        report.id,
        now,
        order_id=order.id,
        amount=report.amount,
        reason=report.reason,
        evidence_due_at=report.evidence_due_at.isoformat() if report.evidence_due_at else None,
    )
    return dispute


def _book_loss(session: Session, order: Order, payment: Payment, dispute: Dispute, now: datetime) -> None:
    """Count the lost money as refunded, as far as it had not gone back already."""
    if payment.reserved and dispute.amount > payment.refundable:
        raise RefundInFlight(dispute.id)
    loss = min(dispute.amount, payment.refundable)
    if not loss:
        return
    refund = reserve(
        payment,
        divided(order, loss) if payment.settles else {},
        {line.id: line for line in order.lines},
        origin=RefundOrigin.DISPUTE,
        actor=GATEWAY,
        now=now,
        reason="dispute_lost",
        revoke_access=loss == payment.captured,
    )
    session.add(refund)
    dispute.booked = loss
    finish_refund(session, order, refund, now)
