"""A worker's own small HTTP server: /metrics, /health/live and /health/ready."""

import json
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Checks = Callable[[], Mapping[str, bool]]
PROBLEM = "application/problem+json"


class HealthServer:
    """Answers 200 while all of `live` or `ready` is true, else 503 naming what is not."""

    def __init__(self, host: str, port: int, live: Checks, ready: Checks) -> None:
        self._server = ThreadingHTTPServer((host, port), _handler(live, ready))
        self._server.daemon_threads = True
        self._thread = Thread(target=self._server.serve_forever, name="health", daemon=True)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def _handler(live: Checks, ready: Checks) -> type[BaseHTTPRequestHandler]:
    checks = {"/health/live": live, "/health/ready": ready}

    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            if self.path == "/metrics":
                self._answer(200, CONTENT_TYPE_LATEST, generate_latest())
            elif (check := checks.get(self.path)) is None:
                self._problem(404, "Not found", {})
            else:
                found = check()
                if all(found.values()):
                    self._answer(200, "application/json", json.dumps({"status": "ok"}).encode())
                else:
                    self._problem(503, "Not ready", {"failing": [name for name, good in found.items() if not good]})

        def _problem(self, status: int, title: str, more: Mapping[str, object]) -> None:
            self._answer(status, PROBLEM, json.dumps({"title": title, "status": status, **more}).encode())

        def _answer(self, status: int, content_type: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Probes come every few seconds; they are not logged."""

    return Handler
