"""A WebhookEndpoint: an address that hears of events (docs.stripe.com/api/webhook_endpoints/object)."""

from __future__ import annotations

from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.ids import new_id


def new_webhook_endpoint(params: Json, version: str, now: int) -> Json:
    """An enabled endpoint. Its secret is kept apart: Stripe tells it once, in the answer that created it."""
    return {
        "id": new_id("webhook_endpoint"),
        "object": "webhook_endpoint",
        "api_version": params.get("api_version", version),
        "application": None,
        "created": now,
        "description": params.get("description"),
        "enabled_events": params["enabled_events"],
        "livemode": False,
        "metadata": params.get("metadata", {}),
        "status": "enabled",
        "url": params["url"],
    }
