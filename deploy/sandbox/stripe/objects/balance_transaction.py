"""A BalanceTransaction: one movement on the balance (docs.stripe.com/api/balance_transactions/object)."""

from __future__ import annotations

from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.ids import new_id

# A payment reaches the available balance after a week, a refund leaves it at once.
SETTLES_AFTER = 7 * 24 * 3600

CATEGORIES = {
    "adjustment": "dispute",
    "charge": "charge",
    "payment": "charge",
    "payment_refund": "refund",
    "refund": "refund",
    "refund_failure": "refund_failure",
}


def new_balance_transaction(source: Json, kind: str, amount: int, fee: int, now: int) -> Json:
    """A movement: what came or left, Stripe's fee on it, and what is left of it (minor units)."""
    currency = source["currency"]
    details: list[Json] = []
    if fee:
        details = [
            {
                "amount": fee,
                "application": None,
                "currency": currency,
                "description": "Stripe processing fees",
                "type": "stripe_fee",
            }
        ]
    return {
        "id": new_id("balance_transaction"),
        "object": "balance_transaction",
        "amount": amount,
        "available_on": now + (SETTLES_AFTER if kind in ("charge", "payment") else 0),
        "balance_type": "payments",
        "created": now,
        "currency": currency,
        "description": source.get("description"),
        "exchange_rate": None,
        "fee": fee,
        "fee_details": details,
        "net": amount - fee,
        "reporting_category": CATEGORIES[kind],
        "source": source["id"],
        "status": "pending",
        "type": kind,
    }


def status(transaction: Json, now: float) -> str:
    """Whether the money can be paid out yet."""
    return "available" if transaction["available_on"] <= now else "pending"
