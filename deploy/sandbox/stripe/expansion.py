"""`expand[]`: put whole objects where an answer has their ids (docs.stripe.com/api/expanding_objects)."""

from __future__ import annotations

from typing import Any

from deploy.sandbox.stripe.errors import Json, invalid
from deploy.sandbox.stripe.objects import balance_transaction
from deploy.sandbox.stripe.transaction import Transaction

MAX_DEPTH = 4

# Fields that hold an id and may be asked for whole. The last ones of each are always null here.
EXPANDABLE: dict[str, tuple[str, ...]] = {
    "checkout.session": ("payment_intent", "customer", "invoice", "payment_link", "setup_intent", "subscription"),
    "payment_intent": ("latest_charge", "payment_method", "customer", "on_behalf_of", "review"),
    "charge": (
        "balance_transaction",
        "failure_balance_transaction",
        "payment_intent",
        "customer",
        "review",
        "source_transfer",
    ),
    "refund": ("balance_transaction", "charge", "failure_balance_transaction", "payment_intent"),
    "balance_transaction": ("source",),
    "dispute": ("charge", "payment_intent"),
}

# Lists that are left out unless asked for.
INCLUDABLE = {("checkout.session", "line_items"), ("charge", "refunds")}


def present(tx: Transaction, shown: Json, now: float) -> Json:
    """An object as it is answered at this time: what changes by itself is worked out."""
    if shown["object"] == "balance_transaction":
        shown["status"] = balance_transaction.status(shown, now)
    if shown["object"] == "event":
        row = tx.one("SELECT count(*) AS pending FROM deliveries WHERE event = ? AND state = 'pending'", shown["id"])
        shown["pending_webhooks"] = row["pending"] if row else 0
    return shown


def expand(tx: Transaction, answer: Json, paths: list[str], now: float) -> Json:
    """The answer with these paths expanded; a path that leads nowhere is refused."""
    for path in paths:
        steps = path.split(".")
        if len(steps) > MAX_DEPTH:
            raise invalid("You cannot expand more than 4 levels of a property", param="expand")
        _expand(tx, answer, steps, path, now)
    return answer


def _expand(tx: Transaction, shown: Any, steps: list[str], path: str, now: float) -> None:
    if isinstance(shown, list):
        for item in shown:
            _expand(tx, item, steps, path, now)
        return
    if not steps or shown is None:
        return
    field, kind = steps[0], shown.get("object")
    if kind == "list" and field == "data":
        _expand(tx, shown["data"], steps[1:], path, now)
        return
    if (kind, field) in INCLUDABLE:
        shown.setdefault(field, included(tx, shown, field, now))
    elif field in EXPANDABLE.get(kind, ()):
        if isinstance(shown.get(field), str):
            shown[field] = present(tx, tx.get(shown[field]), now)
    else:
        raise invalid(f"This property cannot be expanded ({path}).", param="expand")
    _expand(tx, shown.get(field), steps[1:], path, now)


def included(tx: Transaction, shown: Json, field: str, now: float) -> Json:
    """The first ten of a list that belongs to an object."""
    if field == "line_items":
        return first_page(tx.private(shown["id"])["line_items"], f"/v1/checkout/sessions/{shown['id']}/line_items")
    newest_first = tx.all("refund", {"charge": shown["id"]})[::-1]
    return first_page([present(tx, refund, now) for refund in newest_first], f"/v1/charges/{shown['id']}/refunds")


def first_page(items: list[Json], url: str) -> Json:
    """A list object holding at most ten."""
    return {"object": "list", "data": items[:10], "has_more": len(items) > 10, "url": url}
