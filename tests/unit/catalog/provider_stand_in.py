"""A small HTTP server in a provider's place: it keeps what it was sent and answers as a test says."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from services.catalog.settings import CatalogSettings


@dataclass(frozen=True)
class Seen:
    """A request; the names of its headers are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class StandIn:
    """`answer` gives status and body; `seen` is all that came."""

    answer: Callable[[Seen], tuple[int, bytes]]
    port: int = 0
    seen: list[Seen] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def standing_in(answer: Callable[[Seen], tuple[int, bytes]]) -> Iterator[StandIn]:
    stand_in = StandIn(answer)

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            seen = Seen(self.command, self.path, headers, body)
            stand_in.seen.append(seen)
            status, content = stand_in.answer(seen)
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            if status in (301, 302, 307):
                self.send_header("Location", stand_in.url + "/elsewhere")
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_PUT = do_GET = handle_any  # noqa: N815

        def log_message(self, *args: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: object, client_address: object) -> None:
            pass  # a client that did not wait

    server = Server(("127.0.0.1", 0), Handler)
    stand_in.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield stand_in
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def as_json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode()


def settings(**given: Any) -> CatalogSettings:
    """Catalog's settings, with nothing of the others that matters here."""
    return CatalogSettings(
        database_url="postgresql://unused.test/x",
        storage_url="file:///unused",
        token_public_keys="{}",
        signing_secret="insecure-" + "x" * 40,
        environment="test",
        moderation_timeout=5,
        **given,
    )
