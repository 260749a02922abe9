"""The stand-in that is answering the present request."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, request

from deploy.sandbox.stripe.sandbox import Sandbox


def this_sandbox() -> Sandbox:
    """The stand-in of the application."""
    sandbox: Sandbox = current_app.extensions["sandbox"]
    return sandbox


def json_sent() -> dict[str, Any]:
    """The JSON object of the request, or an empty one when nothing was sent."""
    sent = request.get_json(silent=True) if request.content_length else {}
    if not isinstance(sent, dict):
        abort(400, "send a JSON object")
    return sent
