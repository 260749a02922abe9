"""Orders as CSV (RFC 4180), a line of an order a row, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime

from services.orders.domain.lines import OrderLine
from services.orders.domain.orders import Order

HEADER = (
    *("number", "order_id", "status", "placed_at", "paid_at", "buyer_id", "organisation_id", "currency"),
    *("line_id", "offer_id", "offer_version", "publisher", "kind", "title_zh", "title_en", "quantity"),
    *("price_fen", "discount_fen", "amount_fen", "paid_fen", "refunded_fen", "fee_fen", "earned_fen", "delivery"),
)
# OWASP, CSV injection: a cell that begins so is run as a formula; full-width signs count too.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_row(order: Order, line: OrderLine) -> tuple[object, ...]:
    """The cells of one line, in the order of HEADER."""
    return (
        *(order.number, order.id, order.status, order.placed_at, order.paid_at),
        *(order.buyer_id, order.organisation_id, order.currency),
        *(line.id, line.offer_id, line.offer_version, line.publisher, line.kind),
        *(line.title.get("zh"), line.title.get("en"), line.quantity, line.price, line.discount, line.amount),
        *(line.paid, line.refunded, line.fee, line.earned, line.delivery),
    )


def csv_line(cells: Iterable[object]) -> str:
    """One row of text, its line end included."""
    written = io.StringIO()
    csv.writer(written).writerow([cell(value) for value in cells])
    return written.getvalue()


def cell(value: object) -> str:
    """A value as text that no spreadsheet takes for a formula: an apostrophe goes before it."""
    text = value.isoformat() if isinstance(value, datetime) else "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text
