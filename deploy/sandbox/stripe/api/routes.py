"""Every operation of the API, bound to the application."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response, request

from deploy.sandbox.stripe.api import checkout_sessions, disputes, events, payments, refunds, webhook_endpoints
from deploy.sandbox.stripe.api.answering import Answering
from deploy.sandbox.stripe.api.call import Operation
from deploy.sandbox.stripe.api.responses import json_response
from deploy.sandbox.stripe.errors import StripeError
from deploy.sandbox.stripe.ids import new_id
from deploy.sandbox.stripe.sandbox import Sandbox

OPERATIONS: tuple[Operation, ...] = (
    *checkout_sessions.OPERATIONS,
    *payments.OPERATIONS,
    *refunds.OPERATIONS,
    *disputes.OPERATIONS,
    *events.OPERATIONS,
    *webhook_endpoints.OPERATIONS,
)


def add_api(app: Flask, sandbox: Sandbox) -> None:
    """Add every operation, and Stripe's 404 for what it does not know."""
    for operation in OPERATIONS:
        endpoint = f"{operation.method} {operation.path}"
        app.add_url_rule(operation.rule, endpoint, view(sandbox, operation), methods=[operation.method])
    app.add_url_rule("/v1/<path:rest>", "unknown", unknown, methods=["GET", "POST", "DELETE"])


def view(sandbox: Sandbox, operation: Operation) -> Callable[..., Response]:
    """Flask's view of one operation."""

    def answer(**path: str) -> Response:
        return Answering(sandbox, operation, request, path).respond()

    return answer


def unknown(rest: str) -> Response:
    """An address that Stripe, or this part of it, does not have."""
    error = StripeError(
        404,
        f"Unrecognized request URL ({request.method}: /v1/{rest}). Please see https://stripe.com/docs or we can "
        "help at https://support.stripe.com/. (The sandbox speaks only the part of the API that Huafang uses.)",
    )
    return json_response(404, error.body(), {"Request-Id": new_id("request")})
