"""Who may do what: every route with every kind of asker; what is not theirs is not there."""

from typing import Any
from uuid import uuid4

import pytest

from tests.service.orders.till import Till

ORDER_ROUTES = {
    ("GET", "/orders/{order}"),
    ("POST", "/orders/{order}/payment"),
    ("POST", "/orders/{order}/cancellation"),
    ("POST", "/orders/{order}/refunds"),
}
OPERATOR_ROUTES = {
    ("GET", "/operator/orders"),
    ("GET", "/operator/orders.csv"),
    ("GET", "/operator/alerts"),
    ("POST", "/operator/alerts/{id}/resolution"),
    ("POST", "/operator/refunds/{id}/repetition"),
    ("POST", "/orders/{order}/refunds"),
}
OWN_ROUTES = {
    ("GET", "/cart"),
    ("PUT", "/cart/lines/{id}"),
    ("DELETE", "/cart/lines/{id}"),
    ("POST", "/cart/merge"),
    ("GET", "/orders"),
    ("POST", "/orders"),
}
OPEN_ROUTES = {("POST", "/webhooks/stripe"), ("GET", "/openapi.json"), ("GET", "/metrics")} | {
    ("GET", f"/health/{kind}") for kind in ("live", "ready")
}
BODIES: dict[str, Any] = {
    "/orders/{order}/payment": {},
    "/orders/{order}/refunds": {"lines": [{"line_id": str(uuid4()), "amount": 1}], "reason": "x"},
    "/cart/lines/{id}": {"quantity": 1},
    "/orders": {"lines": [{"offer_id": str(uuid4()), "quantity": 1}], "fingerprint": "0" * 64, "accepted_terms": []},
}


def routes(till: Till) -> set[tuple[str, str]]:
    found = set()
    for rule in till.app.url_map.iter_rules():
        path = rule.rule.replace("<uuid:order_id>", "{order}")
        for name in ("offer_id", "alert_id", "refund_id"):
            path = path.replace(f"<uuid:{name}>", "{id}")
        found |= {(method, path) for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}
    return found


def test_no_route_is_forgotten_here(till: Till) -> None:
    assert routes(till) == ORDER_ROUTES | OPERATOR_ROUTES | OWN_ROUTES | OPEN_ROUTES


@pytest.mark.parametrize(("method", "path"), sorted(ORDER_ROUTES | OPERATOR_ROUTES | OWN_ROUTES))
def test_nobody_gets_in_without_a_token_that_holds(till: Till, method: str, path: str) -> None:
    order_id = till.customer().place(till.offer()).body["id"]
    place = path.format(order=order_id, id=uuid4())
    client = till.app.test_client()
    token = till.customer().token
    for header in [None, "Basic eDp5", "Bearer ", "Bearer x.y.z", f"Bearer {token[:-4]}AAAA", f"bearer{token}"]:
        headers = {"Idempotency-Key": "k"} | ({"Authorization": header} if header is not None else {})
        answer = client.open(place, method=method, json=BODIES.get(path), headers=headers)
        assert (answer.status_code, answer.headers.get("WWW-Authenticate")) == (401, "Bearer"), header
        assert answer.content_type == "application/problem+json"


@pytest.mark.parametrize(("method", "path"), sorted(ORDER_ROUTES - OPERATOR_ROUTES))
def test_anothers_order_is_no_more_there_than_one_that_never_was(till: Till, method: str, path: str) -> None:
    owner, stranger = till.customer(), till.customer(organisations=(uuid4(),))
    order_id = owner.place(till.offer()).body["id"]
    answers = [
        stranger.ask(method, path.format(order=id_), BODIES.get(path), key=uuid4().hex) for id_ in (order_id, uuid4())
    ]
    assert [answer.status for answer in answers] == [404, 404]
    bodies = [{key: value for key, value in answer.body.items() if key != "instance"} for answer in answers]
    assert bodies[0] == bodies[1]
    assert stranger.ask(method, path.format(order="not-an-id"), BODIES.get(path), key="k").status == 404
    assert till.status(order_id) == "awaiting_payment"
    assert till.value("SELECT count(*) FROM payments") == 0


@pytest.mark.parametrize(("method", "path"), sorted(OPERATOR_ROUTES))
def test_what_is_for_operators_is_for_nobody_else(till: Till, method: str, path: str) -> None:
    customer = till.customer("customer", "creator")
    order_id = customer.place(till.offer()).body["id"]
    for asker in (customer, till.guest()):
        answer = asker.ask(method, path.format(order=order_id, id=uuid4()), BODIES.get(path), key=uuid4().hex)
        assert answer.status == 403


def test_lists_hold_the_readers_own_orders_and_their_organisations(till: Till) -> None:
    organisation = uuid4()
    one, two = till.customer(organisations=(organisation,)), till.customer(organisations=(organisation,))
    private = one.place(till.offer()).body["id"]
    shared = one.place(till.offer(), organisation_id=str(organisation)).body["id"]
    till.customer().place(till.offer())
    assert [order["id"] for order in one.ask("GET", "/orders").body["items"]] == [shared, private]
    assert [order["id"] for order in two.ask("GET", "/orders").body["items"]] == [shared]


def test_pages_follow_each_other_and_forged_cursors_are_refused(till: Till) -> None:
    customer = till.customer()
    made = [customer.place(till.offer()).body["id"] for _ in range(5)]
    seen, cursor = [], ""
    while True:
        page = customer.ask("GET", f"/orders?limit=2{cursor}").body
        seen += [order["id"] for order in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == made[::-1]
    for wrong in ("x", "WyJ4Il0", "W10", "AAAA", "%00"):
        assert customer.ask("GET", f"/orders?cursor={wrong}").status == 400
    for limit in ("0", "-1", "101", "1000000000", "x"):
        assert customer.ask("GET", f"/orders?limit={limit}").status == 422


def test_an_order_unchanged_since_it_was_seen_is_not_sent_again(till: Till) -> None:
    customer = till.customer()
    order_id = customer.place(till.offer()).body["id"]
    seen = customer.ask("GET", f"/orders/{order_id}").headers["ETag"]
    assert customer.ask("GET", f"/orders/{order_id}", If_None_Match=seen).status == 304
    customer.start(order_id)
    assert customer.ask("GET", f"/orders/{order_id}", If_None_Match=seen).status == 200


def test_unknown_paths_and_methods_are_problems_too(till: Till) -> None:
    customer = till.customer()
    unknown, wrong = customer.ask("GET", "/nothing"), customer.ask("PATCH", "/orders")
    assert (unknown.status, wrong.status) == (404, 405)
    assert "GET" in wrong.headers["Allow"]
    for answer in (unknown, wrong):
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert set(answer.body) >= {"type", "title", "status", "detail", "instance"}
