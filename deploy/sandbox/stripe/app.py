"""The stand-in as a WSGI application."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response
from werkzeug.exceptions import HTTPException

from deploy.sandbox.stripe.api.responses import json_response
from deploy.sandbox.stripe.api.routes import add_api
from deploy.sandbox.stripe.control.routes import control
from deploy.sandbox.stripe.errors import StripeError
from deploy.sandbox.stripe.hosted.routes import pages
from deploy.sandbox.stripe.options import Options
from deploy.sandbox.stripe.sandbox import Sandbox

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = logging.getLogger(__name__)


def create_app(options: Options) -> Flask:
    """Stripe's API, its payment page and the controls for tests, on one memory.

    The parts that act by themselves (webhooks, timers) are in `app.extensions["sandbox"]`, a `Sandbox`; nothing
    happens by itself until its `start()` is called.
    """
    app = Flask(__name__, static_folder=None)
    sandbox = Sandbox(options)
    app.extensions["sandbox"] = sandbox
    add_api(app, sandbox)
    app.register_blueprint(pages)
    app.register_blueprint(control)
    app.register_error_handler(Exception, on_error)
    app.wsgi_app = Prefixed(app.wsgi_app, options.path_prefix)  # type: ignore[method-assign]
    return app


def on_error(error: Exception) -> Response | HTTPException:
    """A mistake of the stand-in's own, told as Stripe would tell of one of theirs."""
    if isinstance(error, HTTPException):
        return error
    log.exception("the Stripe sandbox failed")
    answer = StripeError(500, f"The sandbox itself failed: {type(error).__name__}.", kind="api_error")
    return json_response(500, answer.body(), {})


class Prefixed:
    """Lets the application live under a path of a front, whether or not the front takes the path away."""

    def __init__(self, app: WSGIApplication, prefix: str) -> None:
        self._app, self._prefix = app, prefix

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path: str = environ.get("PATH_INFO", "")
        if self._prefix:
            environ["SCRIPT_NAME"] = self._prefix
            if path == self._prefix or path.startswith(self._prefix + "/"):
                environ["PATH_INFO"] = path[len(self._prefix) :] or "/"
        return self._app(environ, start_response)
