"""The checkout: one page; the order is placed here, the money is paid on the payment page."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.storefront.clients.errors import Refused, ServiceDown
from services.storefront.clients.shapes import Cart, Json, Order
from services.storefront.languages import present_language
from services.storefront.pages import readers
from services.storefront.pages.cart import present_cart
from services.storefront.pages.guest_cart import remember_count
from services.storefront.pages.problems import words_for
from services.storefront.pages.words import gettext as _
from shared.ids import new_id, parse_id

blueprint = Blueprint("checkout", __name__)


@blueprint.get("/checkout")
@readers.signed_in
def show() -> ResponseReturnValue:
    cart = present_cart()
    if not any(line["available"] for line in cart["lines"]):
        return redirect(url_for("cart.show"), 303)
    return _page(cart, str(new_id()))


@blueprint.post("/checkout")
@readers.signed_in
def place() -> ResponseReturnValue:
    """Place the order that was shown. Its key is in the form, so a form sent twice is one order."""
    key = request.form.get("key", "")
    if parse_id(key) is None:
        return redirect(url_for(".show"), 303)
    cart = present_cart()
    terms = all_terms(cart)
    accepted = set(request.form.getlist("accept"))
    if missing := [term for term in terms if f"{term['key']}@{term['version']}" not in accepted]:
        return _page(cart, key, errors=[_("请先勾选同意每一条约定。")], missing=missing, status=422)
    try:
        order = readers.orders().place(_lines(), request.form.get("fingerprint", ""), _accepted(accepted), key)
    except Refused as error:
        return _refused(error, cart)
    remember_count({"lines": [], "total": 0, "currency": "CNY", "fingerprint": ""})
    return to_payment(order)


def to_payment(order: Order) -> ResponseReturnValue:
    """Lead to the payment page, or to the order when nothing is to pay or the payment page does not answer."""
    order_id = order["id"]
    if order["status"] == "awaiting_payment":
        back = url_for("orders.show", order_id=order_id)
        try:
            return redirect(readers.orders().pay(order_id, back, present_language(), f"pay-{new_id()}"), 303)
        except ServiceDown:
            flash(_("订单已下，付款页暂时没有回应。请过一会儿从这里付款。"), "warning")
        except Refused as error:
            flash(words_for(error), "error")
    return redirect(url_for("orders.show", order_id=order_id), 303)


def all_terms(cart: Cart) -> list[Json]:
    """Each of the terms to accept once, however many lines ask for it."""
    found: dict[tuple[str, str], Json] = {}
    for line in cart["lines"]:
        if line["available"]:
            for term in line["terms"]:
                found.setdefault((term["key"], term["version"]), dict(term))
    return list(found.values())


def _page(
    cart: Cart,
    key: str,
    *,
    errors: list[str] | None = None,
    missing: list[Json] | None = None,
    changes: list[Json] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    page = render_template(
        "checkout.html",
        cart=cart,
        lines=[line for line in cart["lines"] if line["available"]],
        left_out=[line for line in cart["lines"] if not line["available"]],
        terms=all_terms(cart),
        accepted=set(request.form.getlist("accept")),
        missing={(term["key"], term["version"]) for term in missing or []},
        errors=errors or [],
        changes=changes or [],
        key=key,
    )
    return page, status


def _lines() -> list[dict[str, Any]]:
    """What the buyer was shown, by offer and quantity: never a price."""
    lines = []
    for entry in request.form.getlist("line"):
        offer_id, _at, quantity = entry.partition("@")
        if quantity.isascii() and quantity.isdigit() and len(quantity) < 6:
            lines.append({"offer_id": offer_id, "quantity": int(quantity)})
    return lines


def _accepted(accepted: set[str]) -> list[dict[str, str]]:
    pairs = (entry.partition("@") for entry in sorted(accepted))
    return [{"key": key, "version": version} for key, _at, version in pairs]


def _refused(error: Refused, shown: Cart) -> ResponseReturnValue:
    """Show the page again with what is true now; a new price stands beside the one that was shown."""
    cart = error.body.get("cart") or present_cart()
    changes = price_changes(_shown_prices(), cart)
    return _page(cart, str(new_id()), errors=[words_for(error)], changes=changes, status=409 if shown else 422)


def _shown_prices() -> dict[str, int]:
    """The prices the page said, sent back for this comparison alone; orders never sees them."""
    prices = {}
    for entry in request.form.getlist("shown"):
        offer_id, _at, price = entry.partition("@")
        if price.isascii() and price.isdigit() and len(price) < 12:
            prices[offer_id] = int(price)
    return prices


def price_changes(shown: dict[str, int], cart: Cart) -> list[Json]:
    """Lines whose price is not what the page had shown: title, old and new in fen."""
    return [
        {"title": line["title"], "old": shown[line["offer_id"]], "new": line["price"]}
        for line in cart["lines"]
        if line["offer_id"] in shown and shown[line["offer_id"]] != line["price"]
    ]
