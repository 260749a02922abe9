"""Ask the gateway for a refund that is reserved, or how one that was asked for stands."""

from uuid import UUID

from services.orders.domain.access import lock_refund
from services.orders.domain.refunds import Refund
from services.orders.gateways.payments import GatewayRefused, RefundReport, WantedRefund
from services.orders.usecases.desk import Desk
from services.orders.usecases.record_refund import fail_refund, record_refund
from shared.failpoints import failpoint


def ask_for_refund(desk: Desk, refund_id: UUID) -> None:
    """Bring a refund one step on; safe to repeat at any point, with the same key each time.

    A refund that may have been asked for before is looked for first, since gateways forget keys after a day.
    Raises GatewayUnavailable, after which the refund stays reserved and is tried again.
    """
    refund, was_asked = _begin(desk, refund_id)
    if refund is None:
        return
    failpoint("orders.refund-intended")
    try:
        report = _find(desk, refund) if was_asked else None
        report = report or desk.gateway.refund(_wanted(refund))
    except GatewayRefused as refusal:
        _refused(desk, refund, refusal)
        return
    failpoint("orders.refund-asked")
    _record(desk, refund.id, report)


def _begin(desk: Desk, refund_id: UUID) -> tuple[Refund | None, bool]:
    now = desk.clock.now()
    with desk.database.transaction() as session:
        found = lock_refund(session, refund_id)
        if found is None or found[1].is_settled:
            return None, False
        refund = found[1]
        was_asked = refund.asked_at is not None
        refund.ask(now)
        refund.plan_next_check(now)
        return refund, was_asked


def _find(desk: Desk, refund: Refund) -> RefundReport | None:
    if refund.gateway_id:
        return desk.gateway.read_refund(refund.gateway_id)
    known = desk.gateway.find_refunds(refund.payment.intent_id or "")
    return next((report for report in known if report.refund_id == str(refund.id)), None)


def _refused(desk: Desk, refund: Refund, refusal: GatewayRefused) -> None:
    """A final no frees the reservation, unless the refund turns out to have been made by an earlier try."""
    made = None if refusal.code == "resource_missing" else _find(desk, refund)
    if made is not None:
        _record(desk, refund.id, made)
        return
    with desk.database.transaction() as session:
        found = lock_refund(session, refund.id)
        if found is not None and not found[1].is_settled:
            fail_refund(session, *found, refusal.code, desk.clock.now())


def _record(desk: Desk, refund_id: UUID, report: RefundReport) -> None:
    with desk.database.transaction() as session:
        found = lock_refund(session, refund_id)
        if found is not None:
            record_refund(session, *found, report, desk.clock.now())


def _wanted(refund: Refund) -> WantedRefund:
    return WantedRefund(
        refund_id=refund.id,
        order_id=refund.order_id,
        intent_id=refund.payment.intent_id or "",
        amount=refund.amount,
        reason=refund.reason,
    )
