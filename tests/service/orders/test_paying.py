"""Paying: one checkout at a time, wallets that take their time, and notices that never come."""

import pytest

from tests.service.orders.till import Till

SESSIONS = "/v1/checkout/sessions"


def created(till: Till) -> list[dict[str, object]]:
    """The calls that asked the gateway for a checkout."""
    calls = till.control(f"calls?path={SESSIONS}", method="GET")["calls"]
    return [call for call in calls if call["method"] == "POST"]


def test_paying_again_leads_to_the_same_open_checkout(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    first, second = customer.start(order["id"]), customer.start(order["id"])
    assert first.status == 200
    assert first.body == second.body
    assert len(created(till)) == 1


def test_a_repeated_request_gets_the_same_bytes_even_after_the_payment(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    first = customer.start(order["id"], key="k")
    till.pay_at_gateway(order["id"])
    till.until(lambda: till.status(order["id"]) == "paid")
    again = customer.start(order["id"], key="k")
    assert (again.status, again.body) == (200, first.body)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert customer.start(order["id"], key="k", language="en").slug == "idempotency-key-reused"
    assert customer.start(order["id"], key="other").slug == "order-not-payable"


def test_the_gateway_is_asked_for_what_was_ordered_and_nothing_else(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer(3990), till.offer(1000)).body
    assert customer.start(order["id"], language="en", return_url_path="/orders/x?tab=1").status == 200
    session = till.stripe.sandbox.store
    with session.reading() as tx:
        made = tx.all("checkout.session")[0]
    assert (made["amount_total"], made["currency"], made["mode"]) == (4990, "cny", "payment")
    assert made["payment_method_types"] == ["card", "alipay", "wechat_pay"]
    assert made["payment_method_options"]["wechat_pay"]["client"] == "web"
    assert made["client_reference_id"] == made["metadata"]["order_id"] == order["id"]
    assert made["success_url"] == "http://127.0.0.1:8000/orders/x?tab=1&payment=done"
    assert made["locale"] == "en"
    assert made["adaptive_pricing"] == {"enabled": False}
    assert [call["key"] for call in created(till)] == [f"order-{order['id']}-1"]


@pytest.mark.parametrize("path", ["//evil.test", "https://evil.test", "/\\evil.test", "x", "/a b", "/\n//evil", ""])
def test_a_return_path_that_leaves_the_front_is_refused(till: Till, path: str) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    assert customer.start(order["id"], return_url_path=path).status == 422
    assert till.value("SELECT count(*) FROM payments") == 0


@pytest.mark.parametrize("method", ["alipay", "wechat_pay"])
def test_a_wallet_pays_an_order(till: Till, method: str) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    customer.start(order["id"])
    till.pay_at_gateway(order["id"], method=method)
    till.until(lambda: till.status(order["id"]) == "paid")
    assert customer.order(order["id"])["payment"]["method"] == method


def test_a_declined_card_leaves_the_checkout_open_for_another_try(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    url = customer.start(order["id"]).body["checkout_url"]
    till.pay_at_gateway(order["id"], "decline")
    till.until(lambda: till.value("SELECT count(*) FROM webhook_events WHERE status = 'processed'"))
    assert till.status(order["id"]) == "awaiting_payment"
    assert customer.start(order["id"]).body["checkout_url"] == url
    till.pay_at_gateway(order["id"])
    till.until(lambda: till.status(order["id"]) == "paid")


def test_money_on_its_way_keeps_the_order_from_expiring(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    customer.start(order["id"])
    with till.gateway_with(later_delay=3600):
        till.pay_at_gateway(order["id"], "later")
    till.until(lambda: till.value("SELECT status FROM payments") == "processing")
    till.advance(hours=2)
    till.sweep()
    till.run()
    shown = customer.order(order["id"])
    assert shown["status"] == "awaiting_payment"
    assert [step["turn"] for step in shown["steps"]] == [None, "gateway", None]
    assert customer.cancel(order["id"]).slug == "payment-processing"
    till.advance_gateway(3601)
    till.until(lambda: till.status(order["id"]) == "paid")


def test_money_that_did_not_come_after_all_leaves_time_for_another_try(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    first = customer.start(order["id"]).body["checkout_url"]
    till.pay_at_gateway(order["id"], "later_fail")
    till.until(lambda: till.value("SELECT status FROM payments") == "failed")
    second = customer.start(order["id"])
    assert second.status == 200
    assert second.body["checkout_url"] != first
    till.pay_at_gateway(order["id"])
    till.until(lambda: till.status(order["id"]) == "paid")
    kinds = [entry["kind"] for entry in customer.order(order["id"])["timeline"]]
    assert "payment_failed" in kinds
    assert till.rows("SELECT attempt, status, settles FROM payments ORDER BY attempt") == [
        (1, "failed", False),
        (2, "captured", True),
    ]


def test_a_payment_whose_notice_never_came_is_found_by_asking(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    customer.start(order["id"])
    till.hold_webhooks()
    till.pay_at_gateway(order["id"])
    till.run()
    assert till.status(order["id"]) == "awaiting_payment"
    till.advance(minutes=2)
    till.sweep()
    till.until(lambda: till.status(order["id"]) == "paid")


def test_an_endpoint_that_was_down_for_days_reads_the_gateways_own_list(till: Till) -> None:
    customer = till.customer()
    orders = [customer.place(till.offer()).body for _ in range(3)]
    till.hold_webhooks()
    for order in orders:
        customer.start(order["id"])
        till.pay_at_gateway(order["id"])
    till.reconcile()
    till.until(lambda: all(till.status(order["id"]) == "paid" for order in orders))
    before = till.value("SELECT count(*) FROM webhook_events")
    till.control("webhooks/release")
    till.reconcile()
    till.run()
    assert till.value("SELECT count(*) FROM webhook_events") == before
    assert len(till.events("order.paid%")) == 3


def test_the_fee_that_is_booked_later_is_divided_then(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer(1000), till.offer(2999)).body
    customer.start(order["id"])
    with till.gateway_with(booking_delay=0.5):
        till.pay_at_gateway(order["id"])
        till.until(lambda: till.status(order["id"]) == "paid")
        assert till.events("order.paid%")[0]["lines"][0]["fee"] == 0
        till.until(lambda: till.advance(minutes=2) or till.value("SELECT fee FROM payments"))
    fee = till.value("SELECT fee FROM payments")
    told = till.events("order.paid%")
    assert [sum(line["fee"] for line in fact["lines"]) for fact in told] == [0, fee]
    assert told[1]["version"] > told[0]["version"]


def test_a_gateway_that_does_not_answer_is_told_and_the_same_key_goes_on(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    till.fault(f"POST {SESSIONS}", "error", times=2, status=500, when="after")
    first = customer.start(order["id"], key="k")
    assert (first.status, first.slug) == (503, "payment-gateway-unavailable")
    assert "Retry-After" in first.headers
    second = customer.start(order["id"], key="k")
    assert second.status == 200
    with till.stripe.sandbox.store.reading() as tx:
        assert len(tx.all("checkout.session")) == 1


def test_a_checkout_the_gateway_refuses_is_told_and_may_be_tried_anew(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    till.fault(f"POST {SESSIONS}", "error", status=400)
    refused = customer.start(order["id"], key="k")
    assert (refused.status, refused.slug) == (409, "payment-refused")
    assert customer.start(order["id"], key="k").slug == "payment-over"
    assert customer.start(order["id"]).status == 200
    assert till.rows("SELECT attempt, status FROM payments ORDER BY attempt") == [(1, "failed"), (2, "open")]


def test_an_order_may_not_open_checkouts_without_end(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    limit = till.desk.settings.payment_attempts
    till.fault(f"POST {SESSIONS}", "error", times=limit, status=400)
    for _ in range(limit):
        assert customer.start(order["id"]).slug == "payment-refused"
    assert customer.start(order["id"]).slug == "too-many-attempts"


def test_an_operator_does_not_pay_for_a_customer(till: Till) -> None:
    order = till.customer().place(till.offer()).body
    assert till.operator.start(order["id"]).status == 404
