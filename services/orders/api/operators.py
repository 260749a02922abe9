"""The operators' side: search, refunds, alerts, export."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Response, stream_with_context
from sqlalchemy.orm import Session

from services.orders.api.asking import actor_now, this_desk
from services.orders.api.csv_export import HEADER, csv_line, csv_row
from services.orders.api.documented import may_answer
from services.orders.api.rendering import order_body, summary
from services.orders.api.schemas.operators import (
    AlertPageSchema,
    AlertSchema,
    AlertsQuery,
    ExportQuery,
    OperatorOrderSchema,
    OrdersQuery,
    RefundInput,
)
from services.orders.api.schemas.orders import OrderPageSchema
from services.orders.domain.alerts import Alert
from services.orders.queries import lines_placed, list_alerts, list_orders, search, view_order
from services.orders.usecases.refund_order import refund_order
from services.orders.usecases.repeat_refund import repeat_refund
from services.orders.usecases.resolve_alert import resolve_alert
from shared.api import Blueprint
from shared.auth import OPERATOR, current_reader, needs
from shared.idempotency import once
from shared.problems import Invalid

blueprint = Blueprint("operators", __name__, description="For operators")
LONGEST_EXPORT = timedelta(days=366)


@blueprint.get("/operator/orders")
@needs(OPERATOR)
@may_answer(blueprint)
@blueprint.arguments(OrdersQuery, location="query")
@blueprint.response(200, OrderPageSchema)
def find(query: dict[str, Any]) -> dict[str, Any]:
    """Orders by number, order id, person id or an id of the gateway; all of them without `q`."""
    with this_desk().database.transaction() as session:
        page = list_orders(session, search(query["q"]), limit=query["limit"], cursor=query["cursor"])
        return {"items": [summary(order) for order in page.items], "next_cursor": page.next_cursor}


@blueprint.get("/operator/orders.csv")
@needs(OPERATOR)
@may_answer(blueprint)
@blueprint.arguments(ExportQuery, location="query")
@blueprint.response(200, content_type="text/csv", description="One row a line; RFC 4180, UTF-8")
def export(query: dict[str, Any]) -> Response:
    """The lines of the orders placed in a time; cells that a spreadsheet would run are escaped."""
    since, until = query["since"], query["until"]
    if not timedelta() < until - since <= LONGEST_EXPORT:
        raise Invalid(errors=[{"pointer": "/until", "code": "invalid", "detail": "after since, by a year at most"}])

    def rows() -> Iterator[str]:
        yield csv_line(HEADER)
        with this_desk().database.transaction() as session:
            for order, line in lines_placed(session, since, until):
                yield csv_line(csv_row(order, line))

    response = Response(stream_with_context(rows()), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="orders.csv"'
    return response


@blueprint.post("/orders/<uuid:order_id>/refunds")
@needs(OPERATOR)
@may_answer(blueprint, key=True, body=True)
@blueprint.arguments(RefundInput)
@blueprint.response(201, OperatorOrderSchema)
@once
def refund(session: Session, body: dict[str, Any], order_id: UUID) -> tuple[dict[str, Any], int]:
    """Give money back by line and amount. It is reserved at once; the gateway is asked a moment later."""
    amounts = {line["line_id"]: line["amount"] for line in body["lines"]}
    if len(amounts) != len(body["lines"]):
        raise Invalid(errors=[{"pointer": "/lines", "code": "repeated", "detail": "a line is named twice"}])
    order, _ = refund_order(
        session,
        order_id,
        amounts,
        actor_now(),
        this_desk().clock.now(),
        reason=body["reason"],
        note=body["note"],
        revoke_access=body["revoke_access"],
    )
    return order_body(view_order(session, order, for_operator=True), for_operator=True), 201


@blueprint.post("/operator/refunds/<uuid:refund_id>/repetition")
@needs(OPERATOR)
@may_answer(blueprint, key=True)
@blueprint.response(201, OperatorOrderSchema)
@once
def repeat(session: Session, refund_id: UUID) -> tuple[dict[str, Any], int]:
    """Try a refund that failed anew."""
    order, _ = repeat_refund(session, refund_id, actor_now(), this_desk().clock.now())
    return order_body(view_order(session, order, for_operator=True), for_operator=True), 201


@blueprint.get("/operator/alerts")
@needs(OPERATOR)
@may_answer(blueprint)
@blueprint.arguments(AlertsQuery, location="query")
@blueprint.response(200, AlertPageSchema)
def alerts(query: dict[str, Any]) -> dict[str, Any]:
    """What must be looked at, newest first; with `resolved`, what was dealt with as well."""
    with this_desk().database.transaction() as session:
        page = list_alerts(session, limit=query["limit"], cursor=query["cursor"], with_resolved=query["resolved"])
        return {"items": page.items, "next_cursor": page.next_cursor}


@blueprint.post("/operator/alerts/<uuid:alert_id>/resolution")
@needs(OPERATOR)
@may_answer(blueprint)
@blueprint.response(200, AlertSchema)
def resolve(alert_id: UUID) -> Alert:
    """Say that an alert is dealt with."""
    desk = this_desk()
    with desk.database.transaction() as session:
        return resolve_alert(session, alert_id, current_reader().id, desk.clock.now())
