"""The demo's one process for the product: pages, APIs and every service's worker, with the broker inside.

Started by `deploy.local` under gunicorn with one worker, because the in-process broker cannot be shared.
"""

import threading
from collections.abc import Callable, Iterable
from typing import Any

from gunicorn.app.base import BaseApplication
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.serving import make_server

import services.catalog.app
import services.catalog.worker
import services.orders.app
import services.orders.worker
import services.storefront.app
import services.storefront.worker
from deploy.local.configuration import Demo
from shared.clock import SystemClock
from shared.messaging.worker import Worker

WSGI = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def _pages_and_apis(demo: Demo) -> tuple[WSGI, WSGI]:
    """The front, and the APIs alone for storefront's own calls."""
    clock = SystemClock()
    apis: dict[str, Any] = {
        "/api/catalog": services.catalog.app.create_app(demo.catalog(), clock),
        "/api/orders": services.orders.app.create_app(demo.orders(), clock),
    }
    pages = services.storefront.app.create_app(demo.storefront(), clock)
    return DispatcherMiddleware(pages, apis), DispatcherMiddleware(_nothing, apis)


def _nothing(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("404 Not Found", [("Content-Type", "text/plain")])
    return [b"not found\n"]


def _workers(demo: Demo) -> list[Worker]:
    clock = SystemClock()
    return [
        services.catalog.worker.create_worker(demo.catalog(), clock),
        services.orders.worker.create_worker(demo.orders(), clock),
        services.storefront.worker.create_worker(demo.storefront(), clock),
    ]


class Front(BaseApplication):  # type: ignore[misc]  # gunicorn is untyped
    """gunicorn with one worker of many threads; the service workers run beside them."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self._workers: list[Worker] = []
        super().__init__()

    def load_config(self) -> None:
        options = {
            "bind": f"127.0.0.1:{self._demo.port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": 24,
            "timeout": 120,
            "control_socket_disable": True,
            "graceful_timeout": 10,
            "keepalive": 5,
            "worker_exit": lambda _server, _worker: self._stop_workers(),
            "worker_int": lambda _worker: self._stop_workers(),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> WSGI:
        """Called in the worker process, after the fork: threads and connections are made here."""
        pages, apis = _pages_and_apis(self._demo)
        internal = make_server("127.0.0.1", self._demo.api_port, apis, threaded=True)
        threading.Thread(target=internal.serve_forever, name="internal-api", daemon=True).start()
        self._workers = _workers(self._demo)
        for worker in self._workers:
            worker.start()
        return pages

    def _stop_workers(self) -> None:
        for worker in self._workers:
            worker.stop()
        self._workers = []
