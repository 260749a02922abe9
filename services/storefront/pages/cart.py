"""The cart: anybody may fill one; signing in keeps it."""

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from services.storefront.clients.errors import Refused
from services.storefront.clients.shapes import Cart
from services.storefront.pages import readers
from services.storefront.pages.guest_cart import remember_count
from services.storefront.pages.problems import words_for
from services.storefront.pages.words import gettext as _

blueprint = Blueprint("cart", __name__)
EMPTY: Cart = {"lines": [], "total": 0, "currency": "CNY", "fingerprint": ""}


@blueprint.get("/cart")
def show() -> ResponseReturnValue:
    return render_template("cart.html", cart=present_cart())


def present_cart() -> Cart:
    """The reader's cart; a visitor who never put anything in has none, and nobody is asked."""
    if readers.reader() is None:
        return EMPTY
    return remember_count(readers.orders().cart())


@blueprint.post("/cart/lines")
def add() -> ResponseReturnValue:
    """Put an offer into the cart; `then` may lead straight to the checkout."""
    offer_id = request.form.get("offer_id", "")
    try:
        remember_count(readers.orders(as_guest=True).put_in_cart(offer_id, _quantity()))
    except Refused as error:
        flash(words_for(error), "error")
        return redirect(_came_from(), 303)
    if request.form.get("then") == "checkout":
        return redirect(url_for("checkout.show"), 303)
    flash(_("已放进购物袋。"), "success")
    return redirect(url_for(".show"), 303)


@blueprint.post("/cart/lines/<offer_id>")
def change(offer_id: str) -> ResponseReturnValue:
    try:
        remember_count(readers.orders().put_in_cart(offer_id, _quantity()))
    except Refused as error:
        flash(words_for(error), "error")
    return redirect(url_for(".show"), 303)


@blueprint.post("/cart/lines/<offer_id>/removal")
def remove(offer_id: str) -> ResponseReturnValue:
    remember_count(readers.orders().take_from_cart(offer_id))
    session.modified = True
    return redirect(url_for(".show"), 303)


def _quantity() -> int:
    text = request.form.get("quantity", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 0


def _came_from() -> str:
    """Back to where the button was: a path of ours, or the cart."""
    here = request.form.get("here", "")
    return here if here.startswith("/") and not here.startswith(("//", "/\\")) else url_for(".show")
