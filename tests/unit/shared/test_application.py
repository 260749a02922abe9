"""What every service answers, whatever it is asked."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import fields

from shared.api import Blueprint, Input, StrictInteger
from shared.application import create_application
from shared.auth import Reader, TokenSigner, needs
from shared.problems import Conflict
from shared.service import build_service
from shared.settings import ServiceSettings

SIGNER = TokenSigner(TokenSigner.generate())


class AlreadyThere(Conflict):
    slug, title = "already-there", "It is there already"


class Thing(Input):
    quantity = StrictInteger(required=True)
    name = fields.String()


things = Blueprint("things", __name__)


@things.post("/things")
@things.arguments(Thing)
def make_thing(body: dict[str, object]) -> dict[str, object]:
    return body


@things.get("/conflict")
def conflict() -> None:
    raise AlreadyThere("Thing 7 is there already.", thing=7)


@things.get("/fault")
def fault() -> None:
    raise RuntimeError("password=hunter2 at /srv/secret.py")


@things.get("/staff")
@needs("operator")
def staff() -> dict[str, str]:
    return {"hello": "operator"}


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    settings = ServiceSettings(
        environment="test",
        database_url="postgresql+psycopg://nobody@127.0.0.1:1/nothing",
        storage_url=f"file://{tmp_path}",
        token_public_keys=json.dumps(SIGNER.public_jwks()),
        signing_secret="a secret for tests, of enough letters",  # type: ignore[arg-type]
        proxies=0,
    )
    return create_application(build_service("things", settings), "Things", [things])


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def bearer(*roles: str) -> dict[str, str]:
    return {"Authorization": "Bearer " + SIGNER.sign("things", Reader(uuid4(), frozenset(roles)))}


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b'{"quantity":1}', "application/json", 200),
        (b'{"quantity":1}', "text/plain", 415),
        (b'{"quantity":1}', "application/json; charset=latin-1", 415),
        (b"{", "application/json", 400),
        (b'{"quantity":1,"quantity":2}', "application/json", 400),
        (b'{"quantity":NaN}', "application/json", 400),
        (b'{"quantity":' + b"9" * 5000 + b"}", "application/json", 400),
        (b"[" * 100_000, "application/json", 400),
        (b'{"quantity":1,"name":"\\u0000"}', "application/json", 400),
        (b'{"quantity":"1"}', "application/json", 422),
        (b'{"quantity":1.5}', "application/json", 422),
        (b'{"quantity":true}', "application/json", 422),
        (b'{"quantity":null}', "application/json", 422),
        (b'{"quantity":1,"price":1}', "application/json", 422),
        (b"[]", "application/json", 422),
        (b"", "", 422),
        (b'{"name":"' + b"a" * 1_100_000 + b'"}', "application/json", 413),
    ],
)
def test_bad_bodies_get_the_right_problem(client: FlaskClient, body: bytes, content_type: str, status: int) -> None:
    answer = client.post("/things", data=body, content_type=content_type)
    assert answer.status_code == status
    if status != 200:
        assert answer.content_type == "application/problem+json"
        assert answer.json is not None
        assert answer.json["status"] == status
        assert answer.json["type"].startswith("urn:huafang:problem:")


def test_an_unknown_field_is_named_by_its_pointer(client: FlaskClient) -> None:
    answer = client.post("/things", json={"quantity": 1, "price": 1})
    assert answer.json is not None
    assert answer.json["errors"] == [{"pointer": "/price", "detail": "Unknown field."}]


def test_a_problem_carries_its_own_facts(client: FlaskClient) -> None:
    answer = client.get("/conflict")
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["type"] == "urn:huafang:problem:already-there"
    assert answer.json["thing"] == 7


def test_a_fault_of_ours_shows_nothing_of_the_inside(client: FlaskClient) -> None:
    answer = client.get("/fault")
    assert answer.status_code == 500
    assert b"hunter2" not in answer.data
    assert b"Traceback" not in answer.data


def test_an_unknown_path_and_a_wrong_method_are_problems_too(client: FlaskClient) -> None:
    assert client.get("/nothing").content_type == "application/problem+json"
    wrong = client.delete("/things")
    assert (wrong.status_code, wrong.content_type) == (405, "application/problem+json")
    assert "POST" in wrong.headers["Allow"]


def test_roles_decide_who_may_ask(client: FlaskClient) -> None:
    assert client.get("/staff").status_code == 401
    assert client.get("/staff").headers["WWW-Authenticate"] == "Bearer"
    assert client.get("/staff", headers={"Authorization": "Basic eDp5"}).status_code == 401
    assert client.get("/staff", headers=bearer("customer")).status_code == 403
    assert client.get("/staff", headers=bearer("operator")).status_code == 200


def test_readiness_tells_the_truth_about_a_missing_database(client: FlaskClient) -> None:
    assert client.get("/health/live").status_code == 200
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["checks"] == {"database": False, "storage": True}


def test_every_answer_has_its_id_and_the_headers_of_the_house(client: FlaskClient) -> None:
    answer = client.get("/nothing")
    assert answer.headers["X-Request-Id"] == (answer.json or {})["instance"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_openapi_document_lists_the_operations(client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    assert document is not None
    assert document["openapi"] == "3.1.0"
    assert set(document["paths"]) == {"/things", "/conflict", "/fault", "/staff"}


def test_a_forwarded_address_is_believed_only_behind_a_proxy(app: Flask) -> None:
    seen: list[str | None] = []
    app.before_request(lambda: seen.append(__import__("flask").request.remote_addr))
    app.test_client().get("/conflict", headers={"X-Forwarded-For": "203.0.113.9"})
    assert seen == ["127.0.0.1"]
