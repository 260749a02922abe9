"""The gateway's notices: checked, stored, answered; what they mean is worked out after the answer."""

from flask import Blueprint, request

from services.orders.api.asking import this_desk
from services.orders.usecases.receive_notice import receive_notice
from shared.problems import TooLarge

# No part of the OpenAPI document: the gateway alone calls it, as its own documents say.
blueprint = Blueprint("webhooks", __name__)
LARGEST = 256 * 1024


@blueprint.post("/webhooks/stripe")
def receive() -> dict[str, bool]:
    """400 for what is not signed by the gateway, 413 for more than 256 KB; 200 once it is stored."""
    request.max_content_length = LARGEST
    if (request.content_length or 0) > LARGEST:
        raise TooLarge("A notice has 256 KB at most.")
    desk = this_desk()
    event = desk.gateway.read_notice(request.get_data(cache=False), request.headers.get("Stripe-Signature"))
    with desk.database.transaction() as session:
        receive_notice(session, event, desk.clock.now())
    return {"received": True}
