"""/v1/events"""

from __future__ import annotations

from typing import Any

from deploy.sandbox.stripe import listing
from deploy.sandbox.stripe.api.call import Call, Operation
from deploy.sandbox.stripe.errors import Json, invalid, missing
from deploy.sandbox.stripe.parameters import PAGE, Boolean, ListOf, Parameter, Text, TimeRange

ROOT = "/v1/events"

# "List events, going back up to 30 days" (docs.stripe.com/api/events/list).
REACHES_BACK = 30 * 24 * 3600

INDEX: dict[str, Parameter] = {
    **PAGE,
    "created": TimeRange(),
    "delivery_success": Boolean(),
    "type": Text(),
    "types": ListOf(Text(), most=20),
}


def retrieve(call: Call) -> Json:
    """One event of the last 30 days."""
    event = call.named("event", "id")
    if event["created"] < call.moment.now - REACHES_BACK:
        raise missing("event", event["id"], "id")
    return event


def index(call: Call) -> Json:
    """Events of the last 30 days, newest first, maybe of some types (`charge.*` is one)."""
    if "type" in call.params and "types" in call.params:
        raise invalid("You may only specify one of these parameters: type, types.")
    types = call.params.get("types", [call.params["type"]] if "type" in call.params else [])
    conditions, values = " AND created >= ?", [call.moment.now - REACHES_BACK]
    if types:
        alternatives = " OR ".join("json_extract(body, '$.type') GLOB ?" for _ in types)
        conditions, values = f"{conditions} AND ({alternatives})", [*values, *types]
    if "delivery_success" in call.params:
        undelivered = "EXISTS (SELECT 1 FROM deliveries d WHERE d.event = objects.id AND d.state <> 'delivered')"
        conditions += f" AND {'NOT ' if call.params['delivery_success'] else ''}{undelivered}"
    more: tuple[str, list[Any]] = (conditions, values)
    return listing.page_of_objects(call.tx, "event", call.params, {}, url=ROOT, more=more)


OPERATIONS = (
    Operation("GET", ROOT, index, INDEX),
    Operation("GET", ROOT + "/{id}", retrieve),
)
