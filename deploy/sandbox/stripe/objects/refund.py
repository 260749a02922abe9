"""A Refund (docs.stripe.com/api/refunds/object)."""

from __future__ import annotations

from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.ids import new_id


def new_refund(charge: Json, amount: int, params: Json, now: int) -> Json:
    """A refund of this amount (minor units): a card's is made at once, a wallet's takes its time."""
    kind: str = charge["payment_method_details"]["type"]
    at_once = kind == "card"
    destination: Json = {
        "type": "refund",
        "reference_status": "pending",
        "reference_type": "acquirer_reference_number",
    }
    refund: Json = {
        "id": new_id("refund"),
        "object": "refund",
        "amount": amount,
        "balance_transaction": None,
        "charge": charge["id"],
        "created": now,
        "currency": charge["currency"],
        "customer": None,
        "customer_account": None,
        "destination_details": {"type": kind, kind: destination if at_once else {}},
        "metadata": params.get("metadata", {}),
        "payment_intent": charge["payment_intent"],
        "payment_method": charge["payment_method"],
        "reason": params.get("reason"),
        "receipt_number": None,
        "source_transfer_reversal": None,
        "status": "succeeded" if at_once else "pending",
        "transfer_reversal": None,
    }
    if not at_once:
        refund["pending_reason"] = "processing"
    return refund
