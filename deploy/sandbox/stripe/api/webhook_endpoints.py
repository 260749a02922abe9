"""/v1/webhook_endpoints"""

from __future__ import annotations

from deploy.sandbox.stripe import listing
from deploy.sandbox.stripe.api.call import Call, Operation
from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.ids import random_text
from deploy.sandbox.stripe.objects.event import TYPES
from deploy.sandbox.stripe.objects.webhook_endpoint import new_webhook_endpoint
from deploy.sandbox.stripe.parameters import PAGE, ListOf, Metadata, Parameter, Text

ROOT = "/v1/webhook_endpoints"

CREATE: dict[str, Parameter] = {
    "api_version": Text(),
    "description": Text(),
    "enabled_events": ListOf(Text(choices=("*", *TYPES)), required=True, least=1),
    "metadata": Metadata(),
    "url": Text(required=True, prefix=("http://", "https://")),
}


def create(call: Call) -> Json:
    """Add an endpoint. Its secret is in this answer and in no other."""
    endpoint = new_webhook_endpoint(call.params, call.moment.options.api_version, call.moment.now)
    secret = "whsec_" + random_text(32)
    call.tx.add(endpoint, private={"secret": secret})
    return {**endpoint, "secret": secret}


def retrieve(call: Call) -> Json:
    """One endpoint."""
    return call.named("webhook_endpoint", "webhook_endpoint")


def index(call: Call) -> Json:
    """Endpoints, newest first."""
    return listing.page_of_objects(call.tx, "webhook_endpoint", call.params, {}, url=ROOT)


def delete(call: Call) -> Json:
    """Remove an endpoint; what was queued for it is given up."""
    endpoint = call.named("webhook_endpoint", "webhook_endpoint")
    call.tx.execute("UPDATE deliveries SET state = 'given_up' WHERE endpoint = ? AND state = 'pending'", endpoint["id"])
    call.tx.delete(endpoint["id"])
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}


OPERATIONS = (
    Operation("POST", ROOT, create, CREATE),
    Operation("GET", ROOT, index, PAGE),
    Operation("GET", ROOT + "/{webhook_endpoint}", retrieve),
    Operation("DELETE", ROOT + "/{webhook_endpoint}", delete),
)
