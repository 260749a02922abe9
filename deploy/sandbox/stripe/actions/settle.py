"""How a try to pay ends: the money is there, or it is not."""

from __future__ import annotations

from deploy.sandbox.stripe import money
from deploy.sandbox.stripe.cards import Decline
from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.moment import Moment
from deploy.sandbox.stripe.objects.balance_transaction import new_balance_transaction
from deploy.sandbox.stripe.objects.charge import new_charge
from deploy.sandbox.stripe.objects.checkout_session import customer_details


def succeed(moment: Moment, session: Json, intent: Json) -> None:
    """Charge the intent in full, and tell of it in Stripe's usual order."""
    charge = moment.tx.add(
        new_charge(intent, moment.tx.get(intent["payment_method"]), moment.options.merchant, moment.now)
    )
    if moment.options.booking_delay:
        moment.tx.schedule("book_charge", charge["id"], moment.time + moment.options.booking_delay)
    else:
        book(moment, charge)
    intent.update(
        status="succeeded",
        amount_received=intent["amount"],
        latest_charge=charge["id"],
        last_payment_error=None,
        next_action=None,
        processing=None,
    )
    moment.tx.save(intent)
    moment.emit("charge.succeeded", charge)
    moment.emit("payment_intent.succeeded", intent)
    was_open = session["status"] == "open"
    complete(moment, session, intent, payment_status="paid")
    name = "checkout.session.completed" if was_open else "checkout.session.async_payment_succeeded"
    moment.emit(name, session)


def decline(moment: Moment, intent: Json, why: Decline) -> None:
    """The bank refused: the intent waits for another way to pay, and the session stays as it was."""
    method = moment.tx.get(intent["payment_method"])
    charge = moment.tx.add(new_charge(intent, method, moment.options.merchant, moment.now, decline=why))
    error: Json = {"charge": charge["id"], "code": why.code, "message": why.message, "type": "card_error"}
    if why.decline_code:
        error["decline_code"] = why.decline_code
    moment.emit("charge.failed", charge)
    intent["latest_charge"] = charge["id"]
    fail(moment, intent, error)


def fail(moment: Moment, intent: Json, error: Json) -> None:
    """Record why a try failed; the method that failed is let go, as Stripe does."""
    intent.update(
        status="requires_payment_method",
        last_payment_error={**error, "payment_method": moment.tx.get(intent["payment_method"])},
        payment_method=None,
        next_action=None,
        processing=None,
    )
    moment.tx.save(intent)
    moment.emit("payment_intent.payment_failed", intent)


def complete(moment: Moment, session: Json, intent: Json, payment_status: str) -> None:
    """The customer has done their part; nobody can pay this session again."""
    billing = moment.tx.get(intent["payment_method"])["billing_details"]
    session.update(
        status="complete",
        payment_status=payment_status,
        url=None,
        customer_details=customer_details(session["customer_email"], billing["name"]),
    )
    moment.tx.save(session)
    moment.tx.unschedule("expire_session", session["id"])


def book(moment: Moment, charge: Json) -> Json:
    """Put a charge, less Stripe's fee, on the merchant's balance."""
    card = charge["payment_method_details"]["type"] == "card"
    fee = money.fee(charge["amount"], moment.options.fee_basis_points, moment.options.fee_fixed)
    booked = new_balance_transaction(charge, "charge" if card else "payment", charge["amount"], fee, moment.now)
    moment.tx.add(booked)
    charge["balance_transaction"] = booked["id"]
    return moment.tx.save(charge)
