"""A customer's orders: where each stands, what happened, and what they can do about it."""

from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.storefront.clients.errors import Refused
from services.storefront.clients.shapes import Json, Order
from services.storefront.pages import readers
from services.storefront.pages.checkout import to_payment
from services.storefront.pages.problems import words_for
from services.storefront.pages.vocabulary import actor_name, happened, step_name, turn_words
from shared.etag import etag_for

blueprint = Blueprint("orders", __name__)
# What still moves by itself: the page asks again while an order is in one of these.
MOVING = ("awaiting_payment", "paid")


@blueprint.get("/orders")
@readers.signed_in
def show_all() -> ResponseReturnValue:
    found = readers.orders().orders(request.args.get("cursor"))
    return render_template("orders.html", found=found)


@blueprint.get("/orders/<order_id>")
@readers.signed_in
def show(order_id: str) -> ResponseReturnValue:
    return render_template("order.html", **_facts(order_id))


@blueprint.get("/orders/<order_id>/progress")
@readers.signed_in
def progress(order_id: str) -> ResponseReturnValue:
    """The part of the page that changes, for the module that keeps it fresh; 304 while nothing happened."""
    page = render_template("_order_progress.html", **_facts(order_id))
    response = make_response(page)
    response.set_etag(etag_for(page))
    return response.make_conditional(request)


@blueprint.post("/orders/<order_id>/payment")
@readers.signed_in
def pay(order_id: str) -> ResponseReturnValue:
    return to_payment(readers.orders().order(order_id))


@blueprint.post("/orders/<order_id>/cancellation")
@readers.signed_in
def cancel(order_id: str) -> ResponseReturnValue:
    try:
        readers.orders().cancel(order_id, f"cancel-{order_id}")
    except Refused as error:
        flash(words_for(error), "error")
    return redirect(url_for(".show", order_id=order_id), 303)


def _facts(order_id: str) -> dict[str, Any]:
    order = readers.orders().order(order_id)
    return {
        "order": order,
        "steps": step_line(order),
        "entries": timeline(order),
        "moving": order["status"] in MOVING,
    }


def step_line(order: Order) -> list[Json]:
    """The order's steps with their words."""
    return [
        {
            "state": step["state"],
            "words": step_name(step["name"], step["state"]),
            "at": step.get("at"),
            "note": turn_words(step.get("turn")),
            "by": step.get("by"),
        }
        for step in order.get("steps") or []
    ]


def timeline(order: Order) -> list[Json]:
    """Everything that happened to the order, the newest first."""
    return [timeline_entry(entry) for entry in reversed(order.get("timeline") or [])]


def timeline_entry(entry: Json) -> Json:
    """An entry of the timeline: words, who did it, and the money beside it (what leaves is negative)."""
    data = entry.get("data") or {}
    kind = str(entry.get("kind", ""))
    amount = data.get("amount")
    if isinstance(amount, int) and kind in ("refunded", "refund_started"):
        amount = -amount
    shown = amount if kind in ("paid", "refunded", "refund_started", "paid_late", "paid_twice") else None
    who = str(entry.get("actor") or entry.get("actor_kind") or "")
    return {"at": entry.get("at"), "words": happened(kind, data), "who": actor_name(who), "amount": shown}
