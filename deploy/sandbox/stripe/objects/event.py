"""An Event: that something happened, with the object as it was then (docs.stripe.com/api/events/object)."""

from __future__ import annotations

from typing import Protocol

from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.ids import new_id
from deploy.sandbox.stripe.options import Options


class Cause(Protocol):
    """When it happened, and which request made it happen."""

    @property
    def options(self) -> Options:
        """The stand-in's settings."""

    @property
    def now(self) -> int:
        """The time."""

    @property
    def request_id(self) -> str | None:
        """The API request, if there was one."""

    @property
    def key(self) -> str | None:
        """Its idempotency key."""


TYPES = (
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.failed",
    "charge.refund.updated",
    "charge.refunded",
    "charge.succeeded",
    "charge.updated",
    "checkout.session.async_payment_failed",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "checkout.session.expired",
    "payment_intent.canceled",
    "payment_intent.created",
    "payment_intent.payment_failed",
    "payment_intent.processing",
    "payment_intent.requires_action",
    "payment_intent.succeeded",
    "refund.created",
    "refund.failed",
    "refund.updated",
)


def new_event(kind: str, subject: Json, previous: Json | None, moment: Cause) -> Json:
    """An event of a known type; `previous` holds the old values of what changed."""
    if kind not in TYPES:
        raise ValueError(f"the sandbox sends no {kind}")
    data: Json = {"object": subject}
    if previous is not None:
        data["previous_attributes"] = previous
    return {
        "id": new_id("event"),
        "object": "event",
        "api_version": moment.options.api_version,
        "created": moment.now,
        "data": data,
        "livemode": False,
        "pending_webhooks": 0,
        "request": {"id": moment.request_id, "idempotency_key": moment.key},
        "type": kind,
    }
