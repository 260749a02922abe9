"""Money as whole minor units (fen for CNY). No float ever holds an amount."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

CNY = "CNY"


def split(total: int, weights: Sequence[int]) -> list[int]:
    """Split `total` fen by `weights` so that the parts add up to it (largest remainder method).

    Earlier parts win ties. A negative total splits as the mirror image of the positive one, so a
    reversal takes back exactly what was given. Raises ValueError without a positive weight.
    """
    if not weights or any(weight < 0 for weight in weights) or not sum(weights):
        raise ValueError("weights must be non-negative and not all zero")
    if total < 0:
        return [-part for part in split(-total, weights)]
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(total * weights[i] % whole), i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return parts


def share(amount: int, basis_points: int) -> int:
    """`basis_points` / 10,000 of `amount` fen, rounded half up (away from zero) to one fen."""
    exact = Decimal(amount) * basis_points / 10_000
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def format_yuan(fen: int) -> str:
    """`129900` as `¥1,299.00`; the minus sign of what leaves stands before the ¥."""
    sign = "-" if fen < 0 else ""
    return f"{sign}¥{abs(fen) // 100:,}.{abs(fen) % 100:02d}"
