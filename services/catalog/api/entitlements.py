"""Entitlements for operators: who holds what, the access log, and the few things that may be changed."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, stream_with_context

from services.catalog.api.schemas.access import (
    AccessEntrySchema,
    AccessLogSchema,
    EntitlementSchema,
    HeldListSchema,
    HeldQuery,
    LimitInput,
    ReasonInput,
)
from services.catalog.domain.entitlements import Entitlement
from services.catalog.queries.evidence import (
    LoggedAccess,
    access_log_of_order,
    find_entitlements,
    list_access_log,
)
from services.catalog.usecases.reset_downloads import reset_downloads
from services.catalog.usecases.restore_access import restore_access
from services.catalog.usecases.revoke_access import revoke_access
from shared.api import Blueprint
from shared.auth import OPERATOR, current_reader, needs
from shared.files.dictionaries.tables import escape_cell
from shared.pagination import PageQuery
from shared.service import this_service

blueprint = Blueprint("entitlements", __name__, description="Entitlements, for operators")
COLUMNS = (
    *("at", "kind", "order_number", "product_title", "file_name", "person_id", "address", "user_agent"),
    *("counted", "first_byte", "bytes", "complete", "reason", "copy_id", "link_id", "request_id", "id"),
)


@blueprint.get("/entitlements")
@needs(OPERATOR)
@blueprint.arguments(HeldQuery, location="query")
@blueprint.response(200, HeldListSchema)
def list_entitlements(query: dict[str, Any]) -> dict[str, Any]:
    """The newest entitlements, of an order or a person where one is named, with their history."""
    with this_service().database.transaction() as session:
        found = find_entitlements(session, order_id=query["order_id"], person_id=query["person_id"])
        return {"items": found}


@blueprint.post("/entitlements/<uuid:entitlement_id>/download-limit")
@needs(OPERATOR)
@blueprint.arguments(LimitInput)
@blueprint.response(200, EntitlementSchema)
def set_limit(body: dict[str, Any], entitlement_id: UUID) -> Entitlement:
    """Count downloads from 0 again, up to a new limit."""
    with this_service().database.transaction() as session:
        by, now = current_reader().id, this_service().clock.now()
        return _with_history(reset_downloads(session, entitlement_id, by=by, now=now, **body))


@blueprint.post("/entitlements/<uuid:entitlement_id>/restoration")
@needs(OPERATOR)
@blueprint.arguments(ReasonInput)
@blueprint.response(200, EntitlementSchema)
def restore(body: dict[str, Any], entitlement_id: UUID) -> Entitlement:
    """Give back what was taken."""
    with this_service().database.transaction() as session:
        by, now = current_reader().id, this_service().clock.now()
        return _with_history(restore_access(session, entitlement_id, reason=body["reason"], by=by, now=now))


@blueprint.post("/entitlements/<uuid:entitlement_id>/revocation")
@needs(OPERATOR)
@blueprint.arguments(ReasonInput)
@blueprint.response(200, EntitlementSchema)
def revoke(body: dict[str, Any], entitlement_id: UUID) -> Entitlement:
    """Take the entitlement back, apart from any refund."""
    with this_service().database.transaction() as session:
        by, now = current_reader().id, this_service().clock.now()
        return _with_history(revoke_access(session, entitlement_id, reason=body["reason"], by=by, now=now))


@blueprint.get("/entitlements/<uuid:entitlement_id>/access-log")
@needs(OPERATOR)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, AccessLogSchema)
def show_log(query: dict[str, Any], entitlement_id: UUID) -> dict[str, Any]:
    """Who fetched what, when, from where; the oldest entry first."""
    with this_service().database.transaction() as session:
        page = list_access_log(session, entitlement_id, limit=query["limit"], cursor=query["cursor"])
        return {"items": [_row(logged) for logged in page.items], "next_cursor": page.next_cursor}


@blueprint.get("/orders/<uuid:order_id>/access-log.csv")
@blueprint.doc(responses={"200": {"description": "The log as CSV.", "content": {"text/csv": {}}}})
@needs(OPERATOR)
def export_log(order_id: UUID) -> Response:
    """The whole access log of one order as CSV (RFC 4180, UTF-8 with a mark so that Excel reads it)."""
    response = Response(stream_with_context(_csv(order_id)), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="access-log-{order_id}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _csv(order_id: UUID) -> Iterator[str]:
    yield "\ufeff" + _csv_line(COLUMNS)
    with this_service().database.transaction() as session:
        for logged in access_log_of_order(session, order_id):
            row = _row(logged)
            yield _csv_line(tuple(_cell(row[column]) for column in COLUMNS))


def _csv_line(cells: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


def _cell(value: object) -> str:
    text = value.isoformat() if isinstance(value, datetime) else "" if value is None else str(value)
    return escape_cell(text)


def _row(logged: LoggedAccess) -> dict[str, Any]:
    row = {name: getattr(logged.entry, name) for name in AccessEntrySchema().fields}
    return row | {
        "order_id": logged.entitlement.order_id,
        "order_number": logged.entitlement.order_number,
        "file_name": logged.file_name,
        "product_title": logged.product_title,
    }


def _with_history(entitlement: Entitlement) -> Entitlement:
    """The entitlement, its history read while the session can still do that."""
    _ = entitlement.history
    return entitlement
