"""The Balance (docs.stripe.com/api/balance/balance_object)."""

from __future__ import annotations

from collections.abc import Iterable

from deploy.sandbox.stripe.errors import Json


def balance_of(transactions: Iterable[Json], now: float) -> Json:
    """What every movement adds up to, by currency: what can be paid out, and what is on its way (minor units)."""
    sums: dict[str, dict[str, int]] = {"available": {}, "pending": {}}
    for transaction in transactions:
        where = "available" if transaction["available_on"] <= now else "pending"
        currency = transaction["currency"]
        for totals in sums.values():
            totals.setdefault(currency, 0)
        sums[where][currency] += transaction["net"]
    return {
        "object": "balance",
        "available": [amount_of(*pair) for pair in sorted(sums["available"].items())] or [amount_of("cny", 0)],
        "livemode": False,
        "pending": [amount_of(*pair) for pair in sorted(sums["pending"].items())] or [amount_of("cny", 0)],
    }


def amount_of(currency: str, amount: int) -> Json:
    """An amount in one currency."""
    return {"amount": amount, "currency": currency, "source_types": {"card": amount}}
