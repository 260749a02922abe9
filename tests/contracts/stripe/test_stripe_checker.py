"""The checker itself: it must not be deaf."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.contracts.stripe.openapi import answer_problem, object_problem, request_problem
from tests.contracts.stripe.shop import Shop

SESSIONS = "/v1/checkout/sessions"


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("POST", "/v1/refunds", "colour=red"),
        ("POST", "/v1/refunds", "amount=ten"),
        ("POST", "/v1/refunds", "reason=bored"),
        ("POST", SESSIONS, "line_items[0][price_data][product_data][name]=a"),
        ("POST", SESSIONS, "line_items[0][price_data][currency]=cny&line_items[0][price_data][size]=1"),
        ("POST", SESSIONS, "payment_method_options[wechat_pay][app_id]=1"),
        ("GET", "/v1/events", "created[after]=3"),
        ("GET", "/v1/events", "limit=many"),
    ],
)
def test_a_request_that_stripe_does_not_describe_is_found(method: str, path: str, sent: str) -> None:
    assert request_problem(method, path, sent)


@pytest.mark.parametrize(
    ("method", "path", "sent"),
    [
        ("POST", "/v1/refunds", "amount=10&reason=duplicate&metadata[a]=b"),
        ("POST", "/v1/refunds", "metadata="),
        ("GET", "/v1/events", "created[gte]=3&types[0]=charge.failed&limit=3"),
        ("GET", "/v1/events", "created=3"),
    ],
)
def test_a_request_that_stripe_describes_is_let_be(method: str, path: str, sent: str) -> None:
    assert request_problem(method, path, sent) is None


def set_to(field: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda session: session.update({field: value})


@pytest.mark.parametrize(
    "spoil",
    [
        set_to("amount_total", "3990"),
        set_to("status", "finished"),
        set_to("colour", "red"),
        set_to("expires_at", None),
        set_to("automatic_tax", {"enabled": True, "colour": "red"}),
        set_to("payment_intent", {"object": "payment_intent"}),
        lambda session: session.pop("livemode"),
    ],
)
def test_an_answer_that_stripe_does_not_describe_is_found(shop: Shop, spoil: Callable[[dict[str, Any]], None]) -> None:
    shop.open_session()
    session = json.loads(shop.heard[-1].body)
    assert object_problem("checkout.session", session) is None
    spoil(session)
    assert object_problem("checkout.session", session)
    assert answer_problem("POST", SESSIONS, 200, json.dumps(session))
