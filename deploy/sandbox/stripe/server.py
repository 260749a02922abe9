"""Serve the stand-in over HTTP: as a process, or in a thread of a test."""

from __future__ import annotations

import logging
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from deploy.sandbox.stripe.app import create_app
from deploy.sandbox.stripe.options import Options
from deploy.sandbox.stripe.sandbox import Sandbox

log = logging.getLogger(__name__)


class QuietHandler(WSGIRequestHandler):
    """Leaves no line for each request: the calls are kept in the memory, and read over /sandbox/calls."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@dataclass(frozen=True)
class Serving:
    """A running stand-in."""

    url: str
    sandbox: Sandbox
    server: BaseWSGIServer


@contextmanager
def serving(options: Options, port: int = 0, host: str = "127.0.0.1") -> Iterator[Serving]:
    """Run in threads of this process; port 0 takes a free one and fits `public_url` to it. Stops at the end."""
    listener = socket.create_server((host, port), backlog=128)
    taken = listener.getsockname()[1]
    if port == 0:
        options = replace(options, public_url=f"http://{host}:{taken}")
    app = create_app(options)
    sandbox: Sandbox = app.extensions["sandbox"]
    server = make_server(host, taken, app, threaded=True, request_handler=QuietHandler, fd=listener.fileno())
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), name="stripe-http", daemon=True)
    sandbox.start()
    thread.start()
    try:
        yield Serving(f"http://{host}:{taken}", sandbox, server)
    finally:
        server.shutdown()
        thread.join()
        sandbox.stop()
        server.server_close()
        listener.close()


def serve(options: Options, port: int, host: str) -> None:
    """Run until SIGTERM or SIGINT, then stop cleanly: what is queued is delivered after the next start."""
    stop = threading.Event()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    with serving(options, port, host) as running:
        log.info("Stripe sandbox at %s (pages at %s)", running.url, running.sandbox.options.public_url)
        stop.wait()
    log.info("Stripe sandbox stopped")
