"""What a visitor put in the cart comes along when they sign in."""

import structlog
from flask import Flask, request, session

from services.storefront.clients.errors import Refused, ServiceDown
from services.storefront.clients.shapes import Cart
from services.storefront.pages import readers

log = structlog.get_logger()


def merge_guest_carts(app: Flask) -> None:
    """On the first page after signing in, merge the guest's cart; orders being down only delays it."""

    @app.before_request
    def merge() -> None:
        if request.method != "GET" or request.endpoint in (None, "static") or "guest_id" not in session:
            return
        if readers.person() is None or request.path.startswith(("/health", "/metrics")):
            return
        try:
            remember_count(readers.orders().merge_cart(readers.guest_token()))
        except ServiceDown:
            return
        except Refused as error:
            log.warning("guest cart not merged", status=error.status, slug=error.slug)
        session.pop("guest_id", None)


def remember_count(cart: Cart) -> Cart:
    """Keep the number beside the header's cart in the session, so that no page asks for it."""
    count = sum(line["quantity"] for line in cart["lines"])
    if session.get("cart_count", 0) != count:
        session["cart_count"] = count
    return cart
