"""Orders, for those who place them."""

from typing import Any
from uuid import UUID

from flask import Response, jsonify
from sqlalchemy.orm import Session

from services.orders.api.asking import actor_now, buyer_of, own, seen_by, this_desk
from services.orders.api.documented import may_answer
from services.orders.api.rendering import cart_body, order_body, summary
from services.orders.api.schemas.orders import OrderInput, OrderPageSchema, OrderSchema
from services.orders.queries import find_order, list_orders, view_order
from services.orders.usecases.cancel_order import cancel_order
from services.orders.usecases.check_lines import Wanted
from services.orders.usecases.place_order import OrderRequest, place_order
from services.orders.usecases.refusals import PriceChanged
from shared.api import Blueprint
from shared.auth import current_reader, needs
from shared.etag import conditional, etag_for
from shared.idempotency import once
from shared.pagination import PageQuery

blueprint = Blueprint("orders", __name__, description="Orders")


@blueprint.get("/orders")
@needs()
@may_answer(blueprint)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, OrderPageSchema)
def show_all(query: dict[str, Any]) -> dict[str, Any]:
    """The reader's orders and their organisations', newest first."""
    with this_desk().database.transaction() as session:
        page = list_orders(session, own(current_reader()), **query)
        return {"items": [summary(order) for order in page.items], "next_cursor": page.next_cursor}


@blueprint.post("/orders")
@needs()
@may_answer(blueprint, key=True, body=True)
@blueprint.arguments(OrderInput)
@blueprint.response(201, OrderSchema)
@once
def place(session: Session, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Place an order at the prices of the cart that was shown; 409 `price-changed` brings the cart as it is."""
    desk = this_desk()
    request = OrderRequest(
        lines=[Wanted(**line) for line in body["lines"]],
        fingerprint=body["fingerprint"],
        accepted_terms=frozenset((terms["key"], terms["version"]) for terms in body["accepted_terms"]),
        organisation_id=body["organisation_id"],
    )
    buyer = buyer_of(current_reader())
    try:
        order = place_order(session, buyer, request, settings=desk.settings, now=desk.clock.now())
    except PriceChanged as changed:
        changed.extra["cart"] = cart_body(changed.cart)
        raise
    return order_body(view_order(session, order)), 201


@blueprint.get("/orders/<uuid:order_id>")
@needs()
@may_answer(blueprint)
@blueprint.response(200, OrderSchema)
@blueprint.alt_response(304, description="Not modified")
def show(order_id: UUID) -> Response:
    """One order with its steps and timeline; operators see more of it."""
    reader = current_reader()
    with this_desk().database.transaction() as session:
        order = find_order(session, order_id, *seen_by(reader))
        view = view_order(session, order, for_operator=reader.is_operator)
        body = order_body(view, for_operator=reader.is_operator)
    response = jsonify(body)
    return conditional(response, etag_for(response.get_data()), "private, no-cache")


@blueprint.post("/orders/<uuid:order_id>/cancellation")
@needs()
@may_answer(blueprint, key=True)
@blueprint.response(200, OrderSchema)
@once
def cancel(session: Session, order_id: UUID) -> tuple[dict[str, Any], int]:
    """Cancel an unpaid order. While `closing` says so, its checkout is being closed at the gateway first."""
    desk, reader = this_desk(), current_reader()
    order = cancel_order(session, order_id, actor_now(), *seen_by(reader), now=desk.clock.now())
    return order_body(view_order(session, order)), 200
