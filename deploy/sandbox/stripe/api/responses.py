"""Answers over the wire, whole and broken."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from flask import Response

from deploy.sandbox.stripe.errors import Json

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


def json_response(status: int, body: Json, headers: dict[str, str]) -> Response:
    """JSON as Stripe writes it."""
    text = json.dumps(body, indent=2, ensure_ascii=False) + "\n"
    response = Response(text, status=status, content_type="application/json")
    response.headers.update(headers)
    response.headers["Cache-Control"] = "no-cache, no-store"
    return response


class CutResponse(Response):
    """Promises the whole answer, sends half of it and hangs up."""

    def __init__(self, whole: Response) -> None:
        super().__init__(whole.get_data(), status=whole.status, headers=whole.headers)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        body = self.get_data()
        start_response(self.status, list(self.headers.items()))
        return _half_of(body, environ)


class NoResponse(Response):
    """Answers nothing and hangs up after a while, or as soon as the stand-in stops."""

    def __init__(self, stopping: threading.Event, seconds: float) -> None:
        super().__init__()
        self._stopping, self._seconds = stopping, seconds

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self._stopping.wait(self._seconds)
        hang_up(environ)
        start_response("500 Nobody Hears This", [("Content-Length", "0")])
        return [b""]


def _half_of(body: bytes, environ: WSGIEnvironment) -> Iterator[bytes]:
    yield body[: len(body) // 2]
    hang_up(environ)


def hang_up(environ: WSGIEnvironment) -> None:
    """Close the connection under the server's feet; what it still writes goes nowhere."""
    connection: Any = environ.get("werkzeug.socket")
    if connection is None:
        raise ConnectionError("only a real server can hang up: start the sandbox with serving()")
    connection.shutdown(socket.SHUT_RDWR)
