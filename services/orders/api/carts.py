"""Carts: anybody with a token has one, guests too."""

from typing import Any
from uuid import UUID

from flask import request

from services.orders.api.asking import buyer_of, this_desk
from services.orders.api.documented import may_answer
from services.orders.api.rendering import cart_body
from services.orders.api.schemas.carts import CartSchema, QuantityInput
from services.orders.domain.cart_contents import cart_of
from services.orders.usecases.change_cart import put_into_cart, take_out_of_cart
from services.orders.usecases.merge_carts import merge_carts
from shared.api import Blueprint
from shared.auth import CREATOR, CUSTOMER, GUEST, OPERATOR, current_reader, needs
from shared.problems import Forbidden, Malformed
from shared.service import this_service

blueprint = Blueprint("carts", __name__, description="Carts, priced by us")
ANYBODY = (GUEST, CUSTOMER, CREATOR, OPERATOR)
GUEST_TOKEN = {
    "in": "header",
    "name": "X-Guest-Token",
    "required": True,
    "description": "the guest's own token: who has it, has their cart",
    "schema": {"type": "string", "minLength": 1},
}


@blueprint.get("/cart")
@needs(*ANYBODY)
@may_answer(blueprint)
@blueprint.response(200, CartSchema)
def show() -> dict[str, Any]:
    """The reader's cart at today's prices; lines that cannot be bought stay, with the reason."""
    return _cart()


@blueprint.put("/cart/lines/<uuid:offer_id>")
@needs(*ANYBODY)
@may_answer(blueprint, 409, body=True)
@blueprint.arguments(QuantityInput)
@blueprint.response(200, CartSchema)
def put(body: dict[str, Any], offer_id: UUID) -> dict[str, Any]:
    """Have this many of an offer in the cart."""
    buyer, desk = buyer_of(current_reader()), this_desk()
    limit, now = desk.settings.cart_lines, desk.clock.now()
    with desk.database.transaction() as session:
        put_into_cart(session, buyer, offer_id, body["quantity"], limit=limit, now=now)
    return _cart()


@blueprint.delete("/cart/lines/<uuid:offer_id>")
@needs(*ANYBODY)
@may_answer(blueprint)
@blueprint.response(200, CartSchema)
def take_out(offer_id: UUID) -> dict[str, Any]:
    """Have none of an offer in the cart."""
    with this_desk().database.transaction() as session:
        take_out_of_cart(session, current_reader().id, offer_id)
    return _cart()


@blueprint.post("/cart/merge")
@needs()
@may_answer(blueprint)
@blueprint.doc(parameters=[GUEST_TOKEN])
@blueprint.response(200, CartSchema)
def merge() -> dict[str, Any]:
    """Bring a guest's cart along; the guest's own token proves whose it is."""
    token = request.headers.get("X-Guest-Token", "")
    if not token:
        raise Malformed("Send the guest's token in X-Guest-Token.")
    guest = this_service().tokens.read(token)
    if GUEST not in guest.roles:
        raise Forbidden("That token is not a guest's.")
    desk, owner = this_desk(), current_reader()
    with desk.database.transaction() as session:
        merge_carts(session, guest.id, owner.id, limit=desk.settings.cart_lines, now=desk.clock.now())
    return _cart()


def _cart() -> dict[str, Any]:
    desk = this_desk()
    with desk.database.transaction() as session:
        return cart_body(cart_of(session, buyer_of(current_reader()), desk.clock.now()))
