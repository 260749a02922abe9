"""Stripe's objects as ours. Optional fields are read leniently: versions of its API add and leave out some."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from services.orders.gateways.payments import Charge, Checkout, DisputeReport, GatewayEvent, Intent, RefundReport

Json = Mapping[str, Any]
# The id of the object of an event is the reference of this name.
OBJECTS = {
    "checkout.session": "session",
    "payment_intent": "intent",
    "charge": "charge",
    "refund": "refund",
    "dispute": "dispute",
}


def checkout_of(session: Json) -> Checkout:
    """A Checkout Session, its payment_intent expanded (or absent before anybody began to pay)."""
    intent = session.get("payment_intent")
    return Checkout(
        id=session["id"],
        status=session["status"] or "",
        payment_status=session["payment_status"],
        url=session.get("url") or "",
        amount=session["amount_total"] or 0,
        currency=(session["currency"] or "").upper(),
        livemode=session["livemode"],
        order_id=session.get("client_reference_id") or "",
        payment_id=(session.get("metadata") or {}).get("payment_id", ""),
        intent=intent_of(intent) if isinstance(intent, Mapping) else None,
    )


def intent_of(intent: Json) -> Intent:
    """A PaymentIntent with latest_charge.balance_transaction expanded."""
    charge = intent.get("latest_charge")
    error = intent.get("last_payment_error") or {}
    details = (charge.get("payment_method_details") or {}) if isinstance(charge, Mapping) else {}
    return Intent(
        id=intent["id"],
        status=intent["status"],
        received=intent.get("amount_received") or 0,
        currency=intent["currency"].upper(),
        livemode=intent["livemode"],
        method=details.get("type") or "",
        charge=charge_of(charge) if isinstance(charge, Mapping) else None,
        failure=error.get("decline_code") or error.get("code") or "",
    )


def charge_of(charge: Json) -> Charge:
    """A Charge; its fee is known once the balance transaction stands (later for some wallets)."""
    booked = charge.get("balance_transaction")
    known = isinstance(booked, Mapping)
    return Charge(
        id=charge["id"],
        fee=booked["fee"] if known and booked else None,
        settled=booked["amount"] if known and booked else None,
    )


def refund_of(refund: Json) -> RefundReport:
    """A Refund, with our own id where we asked for it."""
    return RefundReport(
        id=refund["id"],
        status=refund["status"] or "",
        amount=refund["amount"],
        currency=refund["currency"].upper(),
        intent_id=id_of(refund.get("payment_intent")),
        refund_id=(refund.get("metadata") or {}).get("refund_id", ""),
        failure=refund.get("failure_reason") or "",
    )


def dispute_of(dispute: Json) -> DisputeReport:
    """A Dispute."""
    due = (dispute.get("evidence_details") or {}).get("due_by")
    return DisputeReport(
        id=dispute["id"],
        status=dispute["status"],
        amount=dispute["amount"],
        currency=dispute["currency"].upper(),
        livemode=dispute["livemode"],
        intent_id=id_of(dispute.get("payment_intent")),
        charge_id=id_of(dispute.get("charge")),
        reason=dispute.get("reason") or "",
        evidence_due_at=datetime.fromtimestamp(due, UTC) if due else None,
        opened_at=datetime.fromtimestamp(dispute["created"], UTC),
    )


def event_of(event: Json) -> GatewayEvent:
    """An Event, reduced to ids; raises KeyError or TypeError for what is no event."""
    about = event["data"]["object"]
    metadata = about.get("metadata") or {}
    found = {
        OBJECTS.get(about["object"], "other"): about.get("id"),
        "intent": about["id"] if about["object"] == "payment_intent" else id_of(about.get("payment_intent")),
        "payment_id": metadata.get("payment_id"),
        "refund_id": metadata.get("refund_id"),
    }
    if about["object"] in ("refund", "dispute"):
        found["charge"] = id_of(about.get("charge"))
    return GatewayEvent(
        id=event["id"],
        type=event["type"],
        livemode=bool(event["livemode"]),
        account=event.get("account"),
        api_version=event.get("api_version"),
        created_at=datetime.fromtimestamp(event["created"], UTC),
        references={name: str(value)[:255] for name, value in found.items() if value},
    )


def id_of(reference: Any) -> str:
    """The id of an object that may be expanded."""
    if isinstance(reference, Mapping):
        return str(reference["id"])
    return str(reference or "")
