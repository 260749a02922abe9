"""Amounts as the stand-in shows and charges them."""

from __future__ import annotations

SYMBOLS = {"cny": "¥", "usd": "$", "hkd": "HK$", "eur": "€", "sgd": "S$"}

# At most eight digits (docs.stripe.com/currencies, "Maximum amounts").
LARGEST = 99_999_999


def shown(amount: int, currency: str) -> str:
    """`¥1,299.00` from 129900 fen; every currency here has two decimals."""
    sign, whole = ("-" if amount < 0 else ""), abs(amount)
    return f"{sign}{SYMBOLS[currency]}{whole // 100:,}.{whole % 100:02d}"


def fee(amount: int, basis_points: int, fixed: int) -> int:
    """Stripe's fee on a payment: a share, rounded half up, and a fixed part; never more than the payment."""
    return min(amount, (amount * basis_points + 5_000) // 10_000 + fixed)
