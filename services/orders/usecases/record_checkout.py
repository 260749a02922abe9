"""Bring a payment and its order to what the gateway says of the checkout. It is only ever called with what was
just fetched from the gateway, so notices that are repeated, late or out of order lead to the same state."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.orders.domain.access import lock_payment
from services.orders.domain.actors import GATEWAY
from services.orders.domain.alerts import AlertKind
from services.orders.domain.fees import divide_fee, fee_in_order_currency
from services.orders.domain.history import Happened
from services.orders.domain.orders import Order
from services.orders.domain.payments import Payment, PaymentStatus
from services.orders.gateways.payments import Checkout, Intent
from services.orders.usecases.announce import announce_present
from services.orders.usecases.compare_checkout import differences, is_paid
from services.orders.usecases.desk import Desk
from services.orders.usecases.later import CLOSE_ORDER, LEARN_FEE, soon
from services.orders.usecases.pay_order import pay_order
from services.orders.usecases.raise_alert import raise_alert
from services.orders.usecases.return_surplus import return_surplus
from shared.problems import NotFound

FEE_DELAY = timedelta(minutes=1)


class Verdict(StrEnum):
    RECORDED = "recorded"
    MISMATCH = "mismatch"


def record_checkout(desk: Desk, payment_id: UUID, checkout: Checkout) -> Verdict:
    """Record what became of a payment, in one transaction under the order's lock; safe to repeat.

    A checkout that differs from what we asked for changes nothing and is put before the operators: MISMATCH.
    Raises NotFound for a payment that is not ours.
    """
    now = desk.clock.now()
    with desk.database.transaction() as session:
        found = lock_payment(session, Payment.id == payment_id)
        if found is None:
            raise NotFound()
        order, payment = found
        wrong = differences(payment, checkout) or _taken(session, payment, checkout.intent)
        if wrong:
            _report_mismatch(session, order, payment, checkout, wrong=wrong, now=now)
            return Verdict.MISMATCH
        _learn_ids(payment, checkout)
        if payment.status == PaymentStatus.CAPTURED:
            _learn_late_fee(session, order, payment, checkout.intent, now)
        elif is_paid(checkout) and checkout.intent is not None:
            _capture(session, order, payment, checkout.intent, now)
        else:
            _follow_unpaid(session, order, payment, checkout, minutes=desk.settings.order_minutes, now=now)
        return Verdict.RECORDED


def _capture(session: Session, order: Order, payment: Payment, intent: Intent, now: datetime) -> None:
    payment.method, payment.fee = intent.method, _fee(payment, intent)
    if order.is_open:
        pay_order(session, order, payment, now)
    else:
        return_surplus(session, order, payment, now)
    if payment.fee is None:
        soon(session, LEARN_FEE, payment.id, now + FEE_DELAY)


def _follow_unpaid(
    session: Session, order: Order, payment: Payment, checkout: Checkout, *, minutes: int, now: datetime
) -> None:
    """Move a payment that has not come; a stale answer never moves it back."""
    if not payment.is_active:
        return
    intent = checkout.intent
    if checkout.status == "open" and payment.status == PaymentStatus.WANTED:
        payment.move(PaymentStatus.OPEN)
        payment.checkout_url = checkout.url
    elif checkout.status == "expired":
        _end_payment(session, order, payment, PaymentStatus.CLOSED, now)
    elif checkout.status == "complete" and intent and intent.status in ("requires_payment_method", "canceled"):
        # The payer had done their part, and the money did not come after all: they may try again.
        order.expires_at = max(order.expires_at, now + timedelta(minutes=minutes))
        _end_payment(session, order, payment, PaymentStatus.FAILED, now, code=intent.failure)
    elif checkout.status == "complete" and payment.move(PaymentStatus.PROCESSING):
        order.stay_open()
        order.note(Happened.PAYMENT_PROCESSING, GATEWAY, now, attempt=payment.attempt)


def _end_payment(
    session: Session, order: Order, payment: Payment, end: PaymentStatus, now: datetime, **data: str
) -> None:
    payment.move(end)
    kind = Happened.PAYMENT_FAILED if end == PaymentStatus.FAILED else Happened.PAYMENT_CLOSED
    order.note(kind, GATEWAY, now, attempt=payment.attempt, **data)
    if order.is_open:
        soon(session, CLOSE_ORDER, order.id, now if order.closing else order.expires_at)


def _learn_ids(payment: Payment, checkout: Checkout) -> None:
    payment.session_id = checkout.id
    if checkout.intent is not None:
        payment.intent_id = checkout.intent.id
        if checkout.intent.charge is not None:
            payment.charge_id = checkout.intent.charge.id


def _fee(payment: Payment, intent: Intent | None) -> int | None:
    """The fee in the order's currency, or None until the gateway has booked the charge."""
    charge = intent.charge if intent else None
    if charge is None or charge.fee is None or charge.settled is None:
        return None
    return fee_in_order_currency(charge.fee, charge.settled, payment.amount)


def _learn_late_fee(session: Session, order: Order, payment: Payment, intent: Intent | None, now: datetime) -> None:
    """The fee of a payment that was captured before it was known."""
    fee = _fee(payment, intent)
    if payment.fee is not None or fee is None:
        return
    payment.fee = fee
    if payment.settles:
        divide_fee(order.lines, fee)
        announce_present(session, order, now)


def _taken(session: Session, payment: Payment, intent: Intent | None) -> list[str]:
    """One captured payment pays one order: an intent that another payment has is not this one's."""
    if intent is None:
        return []
    other = select(Payment.id).where(Payment.intent_id == intent.id, Payment.id != payment.id)
    return ["intent_of_another_payment"] if session.scalar(other) else []


def _report_mismatch(
    session: Session, order: Order, payment: Payment, checkout: Checkout, *, wrong: list[str], now: datetime
) -> None:
    is_new = raise_alert(
        session,
        AlertKind.PAYMENT_MISMATCH,
        f"{payment.id}:{checkout.id}",
        now,
        order_id=order.id,
        payment_id=str(payment.id),
        checkout=checkout.id,
        differs=wrong,
        amount=checkout.amount,
        currency=checkout.currency,
    )
    if is_new:
        order.note(Happened.PAYMENT_MISMATCH, GATEWAY, now, checkout=checkout.id, differs=wrong)
