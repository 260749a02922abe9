"""Work out what a stored notice means: always by fetching the thing it names from the gateway."""

from datetime import timedelta
from uuid import UUID

import structlog
from prometheus_client import Counter
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from services.orders.domain.access import lock_payment
from services.orders.domain.alerts import AlertKind
from services.orders.domain.payments import Payment
from services.orders.domain.refunds import Refund
from services.orders.domain.webhooks import WebhookEvent, WebhookStatus
from services.orders.gateways.payments import Checkout, GatewayRefused, RefundReport
from services.orders.usecases.adopt_refund import adopt_refund
from services.orders.usecases.desk import Desk
from services.orders.usecases.later import PROCESS_NOTICE, soon
from services.orders.usecases.raise_alert import raise_alert
from services.orders.usecases.record_checkout import Verdict, record_checkout
from services.orders.usecases.record_dispute import record_dispute
from services.orders.usecases.record_refund import record_refund
from shared.failpoints import failpoint
from shared.ids import parse_id

NOTICES = Counter("huafang_orders_notices_total", "Notices of the gateway, by what became of them", ["outcome"])
# Every other type is stored and left alone: what it tells of is told again by one of these.
PAYMENT_EVENTS = (
    "checkout.session.completed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.async_payment_failed",
    "checkout.session.expired",
    "payment_intent.succeeded",
    "payment_intent.processing",
    "payment_intent.payment_failed",
    "payment_intent.canceled",
    "charge.updated",
)
DISPUTE_EVENTS = "charge.dispute."
REFUND_EVENTS = ("refund.", "charge.refund.", "charge.refunded")
LONGEST_WAIT = timedelta(hours=6)
log = structlog.get_logger()


def process_notice(desk: Desk, event_id: str) -> None:
    """Bring payments, refunds and disputes to what the gateway says now; safe to repeat, in any order.

    A notice that matches nothing of ours is tried again, as it may be ahead of us, then set aside with an alert.
    One from the wrong mode or account, or whose object differs from ours, changes nothing and raises an alert.
    Raises GatewayUnavailable: try again later.
    """
    with desk.database.transaction() as session:
        event = session.get(WebhookEvent, event_id)
    if event is None or event.status != WebhookStatus.RECEIVED:
        return
    try:
        outcome = _outcome(desk, event)
    except GatewayRefused as refusal:
        log.warning("notice_refers_to_nothing", event_id=event.id, code=refusal.code)
        outcome = WebhookStatus.UNMATCHED
    failpoint("orders.notice-effect")
    _conclude(desk, event_id, outcome)


def _outcome(desk: Desk, event: WebhookEvent) -> WebhookStatus:
    account = desk.settings.stripe_account
    if event.livemode != desk.settings.livemode or (account and event.account not in (None, account)):
        return WebhookStatus.MISMATCH
    refers = event.refers
    if event.type.startswith(DISPUTE_EVENTS) and "dispute" in refers:
        return _done(record_dispute(desk, refers["dispute"]))
    if event.type.startswith(REFUND_EVENTS):
        return _refunds(desk, refers)
    if event.type in PAYMENT_EVENTS:
        return _payment(desk, refers)
    return WebhookStatus.IGNORED


def _done(found: bool) -> WebhookStatus:
    return WebhookStatus.PROCESSED if found else WebhookStatus.UNMATCHED


def _payment(desk: Desk, refers: dict[str, str]) -> WebhookStatus:
    with desk.database.transaction() as session:
        payment = _payment_named(session, refers)
    checkout = _checkout(desk, refers, payment)
    payment_id = payment.id if payment else parse_id(checkout.payment_id) if checkout else None
    if checkout is None or payment_id is None or not _is_ours(desk, payment_id):
        return WebhookStatus.UNMATCHED
    verdict = record_checkout(desk, payment_id, checkout)
    return WebhookStatus.MISMATCH if verdict == Verdict.MISMATCH else WebhookStatus.PROCESSED


def _checkout(desk: Desk, refers: dict[str, str], payment: Payment | None) -> Checkout | None:
    """The checkout the notice is about. It is the notice's own, not the one we would like it to be: a foreign
    session that names our payment must be seen as the mismatch it is."""
    if "session" in refers:
        return desk.gateway.read_checkout(refers["session"])
    if payment is not None and payment.session_id and payment.intent_id == refers.get("intent"):
        return desk.gateway.read_checkout(payment.session_id)
    return desk.gateway.find_checkout(refers["intent"]) if "intent" in refers else None


def _payment_named(session: Session, refers: dict[str, str]) -> Payment | None:
    ours = parse_id(refers.get("payment_id", ""))
    named = [
        Payment.session_id == refers.get("session", ""),
        Payment.intent_id == refers.get("intent", ""),
        *([Payment.id == ours] if ours else []),
    ]
    return session.scalars(select(Payment).where(or_(*named)).limit(1)).first()


def _is_ours(desk: Desk, payment_id: UUID) -> bool:
    with desk.database.transaction() as session:
        return session.get(Payment, payment_id) is not None


def _refunds(desk: Desk, refers: dict[str, str]) -> WebhookStatus:
    if "refund" in refers:
        reports = [desk.gateway.read_refund(refers["refund"])]
    else:
        reports = desk.gateway.find_refunds(refers["intent"]) if "intent" in refers else []
    ours = [_refund(desk, report) for report in reports]
    return _done(bool(ours) and all(ours))


def _refund(desk: Desk, report: RefundReport) -> bool:
    now = desk.clock.now()
    with desk.database.transaction() as session:
        found = lock_payment(session, Payment.intent_id == report.intent_id)
        if found is None:
            return False
        order, payment = found
        refund_id = parse_id(report.refund_id)
        refund = session.get(Refund, refund_id, populate_existing=True) if refund_id else None
        if refund is not None and refund.payment_id == payment.id:
            record_refund(session, order, refund, report, now)
        else:
            adopt_refund(session, order, payment, report, now)
        return True


def _conclude(desk: Desk, event_id: str, outcome: WebhookStatus) -> None:
    now = desk.clock.now()
    with desk.database.transaction() as session:
        event = session.get(WebhookEvent, event_id, with_for_update=True)
        if event is None or event.status != WebhookStatus.RECEIVED:
            return
        event.attempts += 1
        if outcome == WebhookStatus.UNMATCHED and event.attempts < desk.settings.notice_attempts:
            wait = min(timedelta(seconds=2 ** (2 * event.attempts)), LONGEST_WAIT)
            soon(session, PROCESS_NOTICE, event_id, now + wait)
            return
        event.status, event.processed_at = outcome, now
        NOTICES.labels(outcome).inc()
        if outcome in (WebhookStatus.MISMATCH, WebhookStatus.UNMATCHED):
            kind = AlertKind.PAYMENT_MISMATCH if outcome == WebhookStatus.MISMATCH else AlertKind.UNMATCHED_NOTICE
            raise_alert(session, kind, event.id, now, notice=event.id, type=event.type, refers=event.refers)
