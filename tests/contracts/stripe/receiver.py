"""A merchant's webhook endpoint, as simple as can be."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import stripe

SECRET = "whsec_a_secret_of_the_tests"
PATIENCE = 15.0


@dataclass
class Receiver:
    """Keeps every notice; `answers` are the statuses of the next ones, 200 once there are no more."""

    url: str = ""
    notices: list[tuple[bytes, str]] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    def events(self) -> list[stripe.Event]:
        """What came, checked as Stripe's library checks it."""
        return [stripe.Webhook.construct_event(body, signature, SECRET) for body, signature in self.notices]

    def types(self) -> list[str]:
        """The types of what came, in the order in which it came."""
        return [event.type for event in self.events()]

    def wait_for(self, *types: str) -> None:
        """Wait until all of these have come."""
        until(lambda: set(types) <= set(self.types()), f"{types} of {self.types}")


def until(true: Callable[[], Any], what: object = "it", patience: float = PATIENCE) -> None:
    """Wait for a condition, and fail when it does not come true."""
    deadline = time.monotonic() + patience
    while not true():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {patience:g} s in vain for {what}")
        time.sleep(0.02)


@contextmanager
def receiving() -> Iterator[Receiver]:
    """An endpoint on a free port."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.notices.append((body, self.headers["Stripe-Signature"]))
            self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    receiver.url = f"http://127.0.0.1:{server.server_port}/webhooks/stripe"
    try:
        yield receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
