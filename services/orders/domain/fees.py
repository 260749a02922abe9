"""The gateway's fee, brought into the order's currency and divided over its lines to the fen."""

from collections.abc import Sequence

from services.orders.domain.lines import OrderLine
from shared.money import split


def fee_in_order_currency(fee: int, settled: int, captured: int) -> int:
    """`fee` out of `settled` (both in the gateway's settlement currency) as its part of `captured` fen, half up.

    The gateway may settle CNY in another currency; the ratio of the two amounts is its own rate of exchange.
    """
    return (2 * fee * captured + settled) // (2 * settled) if settled > 0 else 0


def divide_fee(lines: Sequence[OrderLine], fee: int) -> None:
    """Give each line its part of `fee` fen by its amount; the parts add up to it (largest remainder)."""
    amounts = [line.amount for line in lines]
    for line, part in zip(lines, split(fee, amounts) if any(amounts) else [0] * len(lines), strict=True):
        line.fee = part
