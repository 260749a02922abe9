"""Lists: newest first, by cursor (docs.stripe.com/api/pagination)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from deploy.sandbox.stripe.errors import Json, invalid, missing
from deploy.sandbox.stripe.transaction import Transaction, matching

OPERATORS = {"gt": ">", "gte": ">=", "lt": "<", "lte": "<="}


def page_of_objects(
    tx: Transaction,
    kind: str,
    params: Json,
    where: Mapping[str, Any],
    *,
    url: str,
    more: tuple[str, list[Any]] = ("", []),
) -> Json:
    """One page of the kept objects of a kind; `more` is a further condition in SQL, with its values."""
    conditions, values = matching(where)
    for bound, limit in params.get("created", {}).items():
        conditions += f" AND created {OPERATORS[bound]} ?"
        values.append(limit)
    conditions, values = conditions + more[0], [*values, *more[1]]
    after, before = cursors(params)
    limit = params.get("limit", 10)
    if after is not None:
        conditions, values = conditions + " AND seq < ?", [*values, place(tx, kind, after, "starting_after")]
    if before is not None:
        conditions, values = conditions + " AND seq > ?", [*values, place(tx, kind, before, "ending_before")]
    order = "ASC" if before is not None else "DESC"
    rows = tx.execute(
        f"SELECT body FROM objects WHERE object = ? {conditions} ORDER BY seq {order} LIMIT ?",
        kind,
        *values,
        limit + 1,
    ).fetchall()
    found: list[Json] = [json.loads(row["body"]) for row in rows]
    data = found[:limit][::-1] if before is not None else found[:limit]
    return {"object": "list", "data": data, "has_more": len(found) > limit, "url": url}


def page_of_items(items: list[Json], params: Json, url: str) -> Json:
    """One page of a list that an object carries, in its own order."""
    after, before = cursors(params)
    limit = params.get("limit", 10)
    place_of: Callable[[str], int | None] = {item["id"]: index for index, item in enumerate(items)}.get
    start, end = 0, len(items)
    for cursor, name in ((after, "starting_after"), (before, "ending_before")):
        if cursor is not None and place_of(cursor) is None:
            raise missing("line_item", cursor, name)
    if after is not None:
        start = (place_of(after) or 0) + 1
    if before is not None:
        end = place_of(before) or 0
        start = max(0, end - limit)
    data = items[start:end][:limit]
    more = start > 0 if before is not None else start + limit < len(items)
    return {"object": "list", "data": data, "has_more": more, "url": url}


def cursors(params: Json) -> tuple[str | None, str | None]:
    """(starting_after, ending_before), of which there may be one."""
    after, before = params.get("starting_after"), params.get("ending_before")
    if after is not None and before is not None:
        raise invalid("You may only specify one of these parameters: ending_before, starting_after.")
    return after, before


def place(tx: Transaction, kind: str, cursor: str, param: str) -> int:
    """Where an object stands in the order of creation."""
    row = tx.one("SELECT seq FROM objects WHERE id = ? AND object = ?", cursor, kind)
    if row is None:
        raise missing(kind, cursor, param)
    seq: int = row["seq"]
    return seq
