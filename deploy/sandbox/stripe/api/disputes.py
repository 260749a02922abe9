"""/v1/disputes"""

from __future__ import annotations

from deploy.sandbox.stripe import listing
from deploy.sandbox.stripe.api.call import Call, Operation, field_of
from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.parameters import PAGE, Text, TimeRange

ROOT = "/v1/disputes"


def retrieve(call: Call) -> Json:
    """One dispute."""
    return call.named("dispute", "dispute", "dispute")


def index(call: Call) -> Json:
    """Disputes, newest first."""
    where = field_of(call.params, "charge", "payment_intent")
    return listing.page_of_objects(call.tx, "dispute", call.params, where, url=ROOT)


OPERATIONS = (
    Operation("GET", ROOT, index, {**PAGE, "charge": Text(), "created": TimeRange(), "payment_intent": Text()}),
    Operation("GET", ROOT + "/{dispute}", retrieve),
)
