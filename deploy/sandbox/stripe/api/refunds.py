"""/v1/refunds"""

from __future__ import annotations

from deploy.sandbox.stripe import listing
from deploy.sandbox.stripe.actions.refund import create_refund
from deploy.sandbox.stripe.api.call import Call, Operation, field_of
from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.parameters import PAGE, Integer, Metadata, Parameter, Text, TimeRange

ROOT = "/v1/refunds"

CREATE: dict[str, Parameter] = {
    "amount": Integer(least=1),
    "charge": Text(),
    "metadata": Metadata(),
    "payment_intent": Text(),
    "reason": Text(choices=("duplicate", "fraudulent", "requested_by_customer")),
}


def create(call: Call) -> Json:
    """Give money back."""
    return create_refund(call.moment, call.params)


def retrieve(call: Call) -> Json:
    """One refund."""
    return call.named("refund", "refund")


def index(call: Call) -> Json:
    """Refunds, newest first."""
    where = field_of(call.params, "charge", "payment_intent")
    return listing.page_of_objects(call.tx, "refund", call.params, where, url=ROOT)


OPERATIONS = (
    Operation("POST", ROOT, create, CREATE),
    Operation("GET", ROOT, index, {**PAGE, "charge": Text(), "created": TimeRange(), "payment_intent": Text()}),
    Operation("GET", ROOT + "/{refund}", retrieve),
)
