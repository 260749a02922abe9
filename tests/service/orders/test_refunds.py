"""Refunds: reserved before the gateway is asked, by line and amount, never more than was paid."""

from typing import Any
from uuid import uuid4

import pytest

from tests.service.orders.till import Till


def test_part_of_a_line_goes_back_and_the_whole_order_is_told(till: Till) -> None:
    customer, order = till.paid_order(till.offer(3990), till.offer(1000))
    line = order["lines"][0]
    answer = till.operator.refund(order["id"], {line["id"]: 1000}, note="said sorry")
    assert answer.status == 201
    assert (answer.body["lines"][0]["reserved"], answer.body["lines"][0]["refundable"]) == (1000, 2990)
    till.until(lambda: till.value("SELECT status FROM refunds") == "succeeded")
    shown = customer.order(order["id"])
    assert (shown["status"], shown["refunded"], shown["being_refunded"]) == ("paid", 1000, 0)
    told = till.events("order.refunded%")
    assert [[line["refunded"] for line in fact["lines"]] for fact in told] == [[1000, 0]]
    assert [entry["kind"] for entry in shown["timeline"]][-2:] == ["refund_started", "refunded"]
    assert "said sorry" not in str(shown)
    refund_id = till.value("SELECT id FROM refunds")
    calls = till.control("calls?path=/v1/refunds", method="GET")["calls"]
    assert [call["key"] for call in calls if call["method"] == "POST"] == [f"refund-{refund_id}"]


def test_all_of_it_refunded_ends_the_order(till: Till) -> None:
    customer, order = till.paid_order(till.offer(3990), till.offer(1000))
    amounts = {line["id"]: line["amount"] for line in order["lines"]}
    till.operator.refund(order["id"], amounts)
    till.until(lambda: till.status(order["id"]) == "refunded")
    shown = customer.order(order["id"])
    assert [step["state"] for step in shown["steps"]] == ["done", "undone", "undone"]
    assert [notice["topic"] for notice in till.events("notice%")] == ["order-paid", "order-refunded"]
    again = till.operator.refund(order["id"], amounts)
    assert (again.status, again.slug) == (422, "refund-too-large")


def test_a_completed_order_can_be_refunded_too(till: Till) -> None:
    _, order = till.paid_order()
    line = order["lines"][0]
    till.deliver(order, line)
    till.operator.refund(order["id"], {line["id"]: line["amount"]})
    till.until(lambda: till.status(order["id"]) == "refunded")


@pytest.mark.parametrize("amount", [0, -1, 3991, 10**9, 1.5, "1", True, None])
def test_an_amount_that_cannot_go_back_is_refused(till: Till, amount: Any) -> None:
    _, order = till.paid_order()
    answer = till.operator.refund(order["id"], {order["lines"][0]["id"]: amount})
    assert answer.status == 422
    assert till.value("SELECT count(*) FROM refunds") == 0


def test_refunds_are_refused_for_what_is_unpaid_unknown_free_or_named_twice(till: Till) -> None:
    customer, order = till.paid_order()
    other = customer.place(till.offer()).body
    free = customer.place(till.offer(0)).body
    line_id = order["lines"][0]["id"]
    assert till.operator.refund(other["id"], {other["lines"][0]["id"]: 1}).slug == "order-not-paid"
    assert till.operator.refund(free["id"], {free["lines"][0]["id"]: 1}).slug == "order-not-paid"
    assert till.operator.refund(order["id"], {other["lines"][0]["id"]: 1}).slug == "unknown-line"
    assert till.operator.refund(str(uuid4()), {line_id: 1}).status == 404
    twice = {"lines": [{"line_id": line_id, "amount": 1}] * 2, "reason": "x"}
    assert till.operator.ask("POST", f"/orders/{order['id']}/refunds", twice, key="k").status == 422
    foreign = {"lines": [{"line_id": line_id, "amount": 1}], "reason": "x", "currency": "USD"}
    assert till.operator.ask("POST", f"/orders/{order['id']}/refunds", foreign, key="k").status == 422
    assert till.value("SELECT count(*) FROM refunds") == 0


def test_only_an_operator_refunds(till: Till) -> None:
    customer, order = till.paid_order()
    assert customer.refund(order["id"], {order["lines"][0]["id"]: 1}).status == 403
    assert till.guest().refund(order["id"], {order["lines"][0]["id"]: 1}).status == 403


def test_the_same_key_refunds_once(till: Till) -> None:
    _, order = till.paid_order()
    amounts = {order["lines"][0]["id"]: 1000}
    first = till.operator.refund(order["id"], amounts, key="k")
    second = till.operator.refund(order["id"], amounts, key="k")
    assert first.body == second.body
    assert till.value("SELECT count(*) FROM refunds") == 1


def test_a_refund_that_fails_later_frees_what_was_reserved_and_can_be_repeated(till: Till) -> None:
    customer, order = till.paid_order()
    line_id = order["lines"][0]["id"]
    till.control("refunds/fail-next", {"times": 1})
    till.operator.refund(order["id"], {line_id: 3990})
    till.until(lambda: till.value("SELECT status FROM refunds") == "failed")
    shown = customer.order(order["id"])
    assert (shown["lines"][0]["refundable"], shown["refunded"]) == (3990, 0)
    assert "refund_failed" not in [entry["kind"] for entry in shown["timeline"]]
    alerts = till.operator.ask("GET", "/operator/alerts").body["items"]
    assert [alert["kind"] for alert in alerts] == ["refund_failed"]
    failed = till.operator.order(order["id"])["refunds"][0]["id"]
    again = till.operator.ask("POST", f"/operator/refunds/{failed}/repetition", key="k")
    assert again.status == 201
    till.until(lambda: till.value("SELECT count(*) FROM refunds WHERE status = 'succeeded'"))
    assert till.status(order["id"]) == "refunded"
    done = till.operator.order(order["id"])["refunds"][1]["id"]
    assert till.operator.ask("POST", f"/operator/refunds/{done}/repetition", key="l").slug == "refund-not-failed"


def test_a_refund_the_gateway_refuses_frees_what_was_reserved(till: Till) -> None:
    _, order = till.paid_order()
    till.fault("POST /v1/refunds", "error", status=400)
    till.operator.refund(order["id"], {order["lines"][0]["id"]: 3990})
    till.until(lambda: till.value("SELECT status FROM refunds") == "failed")
    assert till.value("SELECT reserved FROM payments") == 0


def test_a_wallets_refund_takes_its_time_and_is_asked_after(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    customer.start(order["id"])
    till.pay_at_gateway(order["id"], method="alipay")
    till.until(lambda: till.status(order["id"]) == "paid")
    till.hold_webhooks()
    with till.gateway_with(wallet_refund_delay=3600):
        till.operator.refund(order["id"], {order["lines"][0]["id"]: 3990})
        till.until(lambda: till.value("SELECT status FROM refunds") == "asked")
        assert till.value("SELECT reserved FROM payments") == 3990
    till.advance_gateway(3601)
    till.advance(hours=2)
    till.sweep()
    till.until(lambda: till.value("SELECT status FROM refunds") == "succeeded")
    assert till.status(order["id"]) == "refunded"


@pytest.mark.parametrize(("kind", "status"), [("error", 500), ("error", 429), ("cut", 200)])
def test_an_answer_that_was_lost_does_not_make_a_second_refund(till: Till, kind: str, status: int) -> None:
    _, order = till.paid_order()
    till.hold_webhooks()
    till.fault("POST /v1/refunds", kind, times=3, status=status, when="after")
    till.operator.refund(order["id"], {order["lines"][0]["id"]: 3990})
    till.until(lambda: till.value("SELECT status FROM refunds") == "succeeded", seconds=25)
    with till.stripe.sandbox.store.reading() as tx:
        assert [refund["amount"] for refund in tx.all("refund")] == [3990]


def test_a_refund_made_in_the_gateways_dashboard_is_taken_into_the_books(till: Till) -> None:
    till.paid_order(till.offer(3000), till.offer(1000))
    intent = till.value("SELECT intent_id FROM payments")
    till.refund_elsewhere(intent, 1001)
    till.until(lambda: till.value("SELECT count(*) FROM refunds WHERE status = 'succeeded'"))
    assert till.rows("SELECT origin, amount FROM refunds") == [("gateway", 1001)]
    assert sorted(row[0] for row in till.rows("SELECT refunded FROM order_lines")) == [250, 751]
    assert [row[0] for row in till.rows("SELECT kind FROM alerts")] == ["foreign_refund"]


def test_access_is_taken_back_when_the_refund_says_so(till: Till) -> None:
    _, order = till.paid_order()
    till.operator.refund(order["id"], {order["lines"][0]["id"]: 1}, revoke_access=True)
    till.until(lambda: till.events("order.refunded%"))
    assert till.value("SELECT revoked FROM order_lines") is True
    assert till.events("order.refunded%")[0]["lines"][0]["revoked"] is True
