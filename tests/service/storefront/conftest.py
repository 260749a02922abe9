"""The storefront over a real database, with services that answer over real HTTP as they are told to."""

import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask, Response, jsonify, request
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.serving import make_server

from services.storefront.app import create_app
from services.storefront.domain.person import Person
from services.storefront.settings import StorefrontSettings
from services.storefront.usecases.add_person import add_person
from shared.auth import Reader, TokenSigner, TokenVerifier
from shared.service import Service
from tests.databases import Databases

PASSWORD = "river lantern stone 42"
KEY = TokenSigner.generate()


class FakeService:
    """Answers what a test put under a method and path; remembers what it was asked, and by whom."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.answers: dict[str, tuple[int, Any]] = {}
        self.asked: list[tuple[str, Any, Reader | None, dict[str, str]]] = []
        self.is_down = False
        app = Flask(name)
        app.add_url_rule("/", view_func=self._answer, defaults={"path": ""})
        app.add_url_rule("/<path:path>", view_func=self._answer, methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
        self._verifier = TokenVerifier(_jwks(), audience=name)
        self._server = make_server("127.0.0.1", 0, app, threaded=True)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def say(self, call: str, body: Any, status: int = 200) -> None:
        """`call` is `GET /cart`."""
        self.answers[call] = (status, body)

    def refuse(self, call: str, slug: str, status: int = 409, **extra: Any) -> None:
        body = {"type": f"urn:huafang:problem:{slug}", "status": status, "detail": slug, **extra}
        self.answers[call] = (status, body)

    def calls(self, call: str) -> list[tuple[str, Any, Reader | None, dict[str, str]]]:
        return [asked for asked in self.asked if asked[0] == call]

    def stop(self) -> None:
        self._server.shutdown()

    def _answer(self, path: str) -> Response | tuple[Response, int]:
        call = f"{request.method} /{path}"
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        reader = self._verifier.read(token) if token else None
        self.asked.append(
            (call, request.get_json(silent=True) or request.args.to_dict(), reader, dict(request.headers))
        )
        if self.is_down:
            return Response(status=503), 503
        status, body = self.answers.get(call, (404, {"type": "urn:huafang:problem:not-found", "status": 404}))
        return jsonify(body), status


def _jwks() -> str:
    return json.dumps(TokenSigner(KEY).public_jwks())


@pytest.fixture
def catalog() -> Iterator[FakeService]:
    fake = FakeService("catalog")
    yield fake
    fake.stop()


@pytest.fixture
def orders() -> Iterator[FakeService]:
    fake = FakeService("orders")
    yield fake
    fake.stop()


@pytest.fixture
def settings(databases: Databases, catalog: FakeService, orders: FakeService, tmp_path: Path) -> StorefrontSettings:
    return StorefrontSettings(
        environment="test",
        database_url=databases.copy("storefront"),
        storage_url=f"file://{tmp_path / 'files'}",
        signing_secret="s" * 32,
        token_private_key=KEY,
        session_secret="c" * 32,
        password_pepper="p" * 32,
        totp_secret="t" * 32,
        catalog_url=catalog.url,
        orders_url=orders.url,
        mail_folder=str(tmp_path / "mail"),
        public_url="http://localhost",
        proxies=0,
    )


@pytest.fixture
def app(settings: StorefrontSettings) -> Iterator[Flask]:
    app = create_app(settings)
    yield app
    service: Service = app.extensions["huafang"]
    service.database.close()


@pytest.fixture
def session(app: Flask) -> Iterator[Session]:
    """A session of its own, to look at what was committed."""
    service: Service = app.extensions["huafang"]
    with service.database.transaction() as session:
        yield session


class Browser:
    """A client that fills in forms as they stand on the page, hidden fields and all."""

    def __init__(self, app: Flask) -> None:
        self.client: FlaskClient = app.test_client()

    def get(self, path: str, **kwargs: Any) -> Any:
        return self.client.get(path, **kwargs)

    def token(self, page: str = "/sign-in") -> str:
        text = self.get(page, follow_redirects=True).text
        found = re.search(r'name="csrf_token" value="([^"]+)"', text)
        assert found, text
        return found.group(1)

    def post(self, path: str, data: dict[str, Any] | None = None, page: str = "/recover", **kwargs: Any) -> Any:
        return self.client.post(path, data={"csrf_token": self.token(page), **(data or {})}, **kwargs)

    def sign_in(self, email: str, password: str = PASSWORD, then: str = "/help/how") -> Any:
        return self.post(f"/sign-in?next={quote(then)}", {"email": email, "password": password}, page="/sign-in")


@pytest.fixture
def browser(app: Flask) -> Browser:
    return Browser(app)


def make_person(app: Flask, email: str, *roles: str) -> Person:
    service: Service = app.extensions["huafang"]
    with app.app_context(), service.database.transaction() as session:
        return add_person(
            session, email=email, password=PASSWORD, display_name="Ink", now=service.clock.now(), roles=roles
        )


@pytest.fixture
def customer(app: Flask) -> Person:
    return make_person(app, "customer@example.test")
