"""Placing an order: what is refused, what is kept, and what a repeated request gets."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from shared.contracts import OFFER_PUBLISHED
from tests.service.orders.till import Customer, Till, terms

NO_ORDER = "SELECT count(*) FROM orders"


def body_for(customer: Customer, **changes: Any) -> dict[str, Any]:
    cart = customer.cart()
    return {
        "lines": [{"offer_id": line["offer_id"], "quantity": line["quantity"]} for line in cart["lines"]],
        "fingerprint": cart["fingerprint"],
        "accepted_terms": [],
    } | changes


def test_a_changed_price_is_told_with_the_cart_and_not_charged(till: Till) -> None:
    customer, offer = till.customer(), till.offer(3990)
    customer.put(offer)
    body = body_for(customer)
    till.tell("catalog", OFFER_PUBLISHED, replace(offer, version=2, price=4990))
    answer = customer.ask("POST", "/orders", body, key="one")
    assert (answer.status, answer.slug) == (409, "price-changed")
    assert answer.body["cart"]["total"] == 4990
    assert till.value(NO_ORDER) == 0
    fresh = body | {"fingerprint": answer.body["cart"]["fingerprint"]}
    assert customer.ask("POST", "/orders", fresh, key="two").body["total"] == 4990


def test_an_offer_not_yet_heard_of_is_told_apart_from_a_withdrawn_one(till: Till) -> None:
    customer, offer = till.customer(), till.offer()
    customer.put(offer)
    body = body_for(customer)
    unknown = body | {"lines": [{"offer_id": str(uuid4()), "quantity": 1}]}
    assert customer.ask("POST", "/orders", unknown, key="a").slug == "offer-unknown"
    till.withdraw(offer)
    answer = customer.ask("POST", "/orders", body, key="b")
    assert (answer.status, answer.slug) == (409, "offer-withdrawn")
    assert till.value(NO_ORDER) == 0


def test_terms_must_be_accepted_in_their_version_and_are_kept_verbatim(till: Till) -> None:
    customer, offer = till.customer(), till.offer(terms=[terms("personal", "2"), terms("refunds", "1")])
    customer.put(offer)
    half = [{"key": "personal", "version": "2"}, {"key": "refunds", "version": "0"}]
    answer = customer.ask("POST", "/orders", body_for(customer, accepted_terms=half), key="a")
    assert (answer.status, answer.slug) == (422, "terms-not-accepted")
    assert answer.body["missing"] == [{"key": "refunds", "version": "1"}]
    placed = customer.place()
    kept = placed.body["lines"][0]["accepted_terms"]
    assert [(entry["key"], entry["version"], entry["sha256"]) for entry in kept] == [
        ("personal", "2", "a" * 64),
        ("refunds", "1", "a" * 64),
    ]
    assert all(entry["accepted_at"] for entry in kept)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"lines": []}, "/lines"),
        ({"total": 1}, "/total"),
        ({"status": "paid"}, "/status"),
        ({"buyer_id": str(uuid4())}, "/buyer_id"),
        ({"fingerprint": "x"}, "/fingerprint"),
        ({"accepted_terms": None}, "/accepted_terms"),
        ({"lines": [{"offer_id": "x", "quantity": 1}]}, "/lines/0/offer_id"),
        ({"lines": [{"offer_id": str(uuid4()), "quantity": 1, "unit_price": 1}]}, "/lines/0/unit_price"),
        ({"lines": [{"offer_id": str(uuid4()), "quantity": 0}]}, "/lines/0/quantity"),
        ({"lines": [{"offer_id": str(uuid4()), "quantity": -1}]}, "/lines/0/quantity"),
        ({"lines": [{"offer_id": str(uuid4()), "quantity": 10**9}]}, "/lines/0/quantity"),
        ({"lines": [{"offer_id": str(uuid4()), "quantity": 1.5}]}, "/lines/0/quantity"),
        ({"lines": [{"offer_id": str(uuid4()), "quantity": True}]}, "/lines/0/quantity"),
        ({"lines": [{"offer_id": str(uuid4()), "quantity": "1"}]}, "/lines/0/quantity"),
        ({"lines": [{"offer_id": str(uuid4()), "quantity": 1}] * 1000}, "/lines"),
    ],
)
def test_a_body_that_is_not_an_order_is_refused_at_its_field(till: Till, change: dict[str, Any], pointer: str) -> None:
    customer = till.customer()
    customer.put(till.offer())
    answer = customer.ask("POST", "/orders", body_for(customer, **change), key="a")
    assert answer.status == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert pointer in [error["pointer"] for error in answer.body["errors"]]
    assert till.value(NO_ORDER) == 0


def test_an_offer_in_two_lines_does_not_get_around_its_limit(till: Till) -> None:
    customer, offer = till.customer(), till.offer(max_quantity=2)
    customer.put(offer, 2)
    line = {"offer_id": str(offer.offer_id), "quantity": 2}
    answer = customer.ask("POST", "/orders", body_for(customer, lines=[line, line]), key="a")
    assert answer.status == 422
    assert answer.body["errors"][0]["pointer"] == "/lines/1/offer_id"
    more = [{"offer_id": str(offer.offer_id), "quantity": 3}]
    assert customer.ask("POST", "/orders", body_for(customer, lines=more), key="b").slug == "too-many"


def test_an_organisation_of_others_is_nothing_there(till: Till) -> None:
    customer = till.customer()
    answer = customer.place(till.offer(), organisation_id=str(uuid4()))
    assert answer.status == 404
    assert till.value(NO_ORDER) == 0


@pytest.mark.parametrize(("price", "status"), [(1, 422), (499, 422), (500, 201), (99_999_999, 201), (0, 201)])
def test_an_amount_the_gateway_cannot_take_is_refused_before_it_is_asked(till: Till, price: int, status: int) -> None:
    answer = till.customer().place(till.offer(price))
    assert answer.status == status
    if status == 422:
        assert answer.slug == "amount-not-payable"
        assert (answer.body["total"], answer.body["minimum"]) == (price, 500)


def test_a_total_beyond_eight_digits_is_refused(till: Till) -> None:
    customer, offer = till.customer(), till.offer(99_999_999, max_quantity=2)
    customer.put(offer, 2)
    assert customer.place().slug == "amount-not-payable"


def test_a_free_order_is_paid_at_once_without_the_gateway(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer(0)).body
    assert order["status"] == "paid"
    assert order["payment"] is None
    assert [fact["status"] for fact in till.events("order.%")] == ["awaiting_payment", "paid"]
    assert customer.start(order["id"]).slug == "order-not-payable"
    assert till.control("calls", method="GET")["count"] == 0
    till.deliver(order, order["lines"][0])
    assert till.status(order["id"]) == "completed"


def test_a_free_order_that_cannot_be_delivered_ends_without_any_money(till: Till) -> None:
    order = till.customer().place(till.offer(0)).body
    till.deliver(order, order["lines"][0], failed=True)
    assert till.status(order["id"]) == "refunded"


def test_lines_keep_their_price_when_the_offer_changes(till: Till) -> None:
    customer, offer = till.customer(), till.offer(3990)
    order = customer.place(offer).body
    till.tell("catalog", OFFER_PUBLISHED, replace(offer, version=2, price=9990))
    line = customer.order(order["id"])["lines"][0]
    assert (line["price"], line["amount"], line["offer_version"]) == (3990, 3990, 1)


def test_the_same_key_and_body_get_the_first_answer_and_one_order(till: Till) -> None:
    customer = till.customer()
    customer.put(till.offer())
    body = body_for(customer)
    first = customer.ask("POST", "/orders", body, key="same")
    second = customer.ask("POST", "/orders", body, key="same")
    assert (first.status, first.body) == (second.status, second.body)
    assert second.headers["Idempotency-Replayed"] == "true"
    assert till.value(NO_ORDER) == 1


def test_keys_are_required_bound_to_their_body_and_to_their_owner(till: Till) -> None:
    customer, other = till.customer(), till.customer()
    customer.put(till.offer())
    other.put(till.offer())
    body = body_for(customer)
    assert customer.ask("POST", "/orders", body).status == 400
    assert customer.ask("POST", "/orders", body, key="k" * 256).status == 400
    assert customer.ask("POST", "/orders", body, key="k").status == 201
    assert customer.ask("POST", "/orders", body | {"organisation_id": None}, key="k").status == 422
    assert other.ask("POST", "/orders", body_for(other), key="k").status == 201


def test_a_refused_order_does_not_burn_its_key(till: Till) -> None:
    customer, offer = till.customer(), till.offer(terms=[terms()])
    customer.put(offer)
    body = body_for(customer)
    assert customer.ask("POST", "/orders", body, key="k").status == 422
    accepted = body | {"accepted_terms": [{"key": "personal", "version": "1"}]}
    assert customer.ask("POST", "/orders", accepted, key="k").status == 201


def test_what_each_party_gets_one_of_is_not_bought_twice(till: Till) -> None:
    customer, offer = till.customer(), till.offer()
    customer.put(offer)
    body = body_for(customer)
    first = customer.ask("POST", "/orders", body, key="a")
    again = customer.ask("POST", "/orders", body, key="b")
    assert (again.status, again.slug) == (409, "already-bought")
    assert (again.body["order_id"], again.body["hold"]) == (first.body["id"], "in_open_order")
    assert till.customer().place(offer).status == 201


@pytest.mark.parametrize(
    ("content", "content_type", "status"),
    [
        (b"{", "application/json", 400),
        (b'{"lines": [], "lines": []}', "application/json", 400),
        (b'{"fingerprint": NaN}', "application/json", 400),
        (b'{"fingerprint": "\\u0000"}', "application/json", 400),
        (b'{"fingerprint": "\\ud800"}', "application/json", 400),
        (b"[" * 10_000, "application/json", 400),
        (b'{"lines": ' + b"9" * 100_000 + b"}", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"{} {}", "application/json", 400),
        (b"[]", "application/json", 422),
        (b"{}", "text/plain", 415),
        (b"{}", "application/json; charset=gbk", 415),
        (b" " * 2_000_000, "application/json", 413),
    ],
)
def test_a_body_that_is_no_json_of_ours_is_refused(till: Till, content: bytes, content_type: str, status: int) -> None:
    headers = {"Authorization": f"Bearer {till.customer().token}", "Idempotency-Key": "k"}
    answer = till.app.test_client().post("/orders", data=content, content_type=content_type, headers=headers)
    assert answer.status_code == status, answer.get_data()
    assert answer.content_type == "application/problem+json"
