"""Orders that end unpaid: the checkout is closed first, and money that comes nevertheless goes back."""

from tests.service.orders.till import Till


def test_an_order_nobody_began_to_pay_expires_by_itself(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    till.advance(minutes=29)
    till.run()
    assert till.status(order["id"]) == "awaiting_payment"
    till.advance(minutes=2)
    till.run()
    assert till.status(order["id"]) == "expired"
    shown = customer.order(order["id"])
    assert [step["state"] for step in shown["steps"]] == ["done", "stopped", "stopped"]
    assert shown["timeline"][-1]["kind"] == "expired"
    assert till.rows("SELECT to_status, reason FROM order_transitions ORDER BY position")[-1] == (
        "expired",
        "not_paid_in_time",
    )
    assert len(till.events("order.expired%")) == 1
    assert customer.start(order["id"]).slug == "order-not-payable"


def test_what_an_expired_order_held_can_be_bought_again(till: Till) -> None:
    customer, offer = till.customer(), till.offer()
    customer.place(offer)
    till.advance(minutes=31)
    till.run()
    assert customer.place(offer).status == 201


def test_beginning_to_pay_gives_the_order_its_whole_time_again(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    till.advance(minutes=25)
    customer.start(order["id"])
    till.advance(minutes=20)
    till.run()
    assert till.status(order["id"]) == "awaiting_payment"
    till.pay_at_gateway(order["id"])
    till.until(lambda: till.status(order["id"]) == "paid")


def test_the_checkout_is_closed_at_the_gateway_before_the_order_expires(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    customer.start(order["id"])
    till.hold_webhooks()
    till.fault("POST /v1/checkout/sessions/*/expire", "error", times=4, status=503)
    till.advance(minutes=31)
    till.run()
    shown = customer.order(order["id"])
    assert (shown["status"], shown["closing"]) == ("awaiting_payment", "expired")
    assert customer.start(order["id"]).slug == "order-not-payable"
    till.until(lambda: till.status(order["id"]) == "expired", seconds=20)
    with till.stripe.sandbox.store.reading() as tx:
        assert [session["status"] for session in tx.all("checkout.session")] == ["expired"]
    assert till.value("SELECT status FROM payments") == "closed"


def test_an_order_that_was_paid_as_its_time_ran_out_is_paid(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    customer.start(order["id"])
    till.hold_webhooks()
    till.pay_at_gateway(order["id"])
    till.advance(minutes=31)
    till.run()
    assert till.status(order["id"]) == "paid"
    assert till.value("SELECT closing FROM orders") is None
    till.control("webhooks/release")
    till.settle()
    assert len(till.events("order.paid%")) == 1


def test_a_customer_cancels_an_order_nobody_pays_at_once(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    answer = customer.cancel(order["id"])
    assert (answer.status, answer.body["status"]) == (200, "cancelled")
    assert customer.cancel(order["id"]).slug == "illegal-move"
    last = till.rows("SELECT to_status, actor_kind, actor_id FROM order_transitions ORDER BY position")[-1]
    assert last == ("cancelled", "buyer", customer.id)


def test_a_customer_cancels_an_order_whose_checkout_is_open(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    customer.start(order["id"])
    answer = customer.cancel(order["id"])
    assert (answer.body["status"], answer.body["closing"]) == ("awaiting_payment", "cancelled")
    till.until(lambda: till.status(order["id"]) == "cancelled")
    last = till.rows("SELECT to_status, actor_kind, actor_id FROM order_transitions ORDER BY position")[-1]
    assert last == ("cancelled", "buyer", customer.id)
    assert len(till.events("order.cancelled%")) == 1


def test_cancelling_a_paid_order_is_refused(till: Till) -> None:
    customer, order = till.paid_order()
    answer = customer.cancel(order["id"])
    assert (answer.status, answer.slug) == (409, "illegal-move")


def test_a_payment_after_the_order_expired_is_recorded_and_goes_back_by_itself(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    customer.start(order["id"])
    till.end_without_the_gateway(order["id"])
    assert till.status(order["id"]) == "expired"
    till.pay_at_gateway(order["id"])
    till.until(lambda: till.value("SELECT status FROM refunds") == "succeeded")
    assert till.status(order["id"]) == "expired"
    assert till.rows("SELECT status, settles, captured, refunded FROM payments") == [("captured", False, 3990, 3990)]
    kinds = [entry["kind"] for entry in customer.order(order["id"])["timeline"]]
    assert kinds[-3:] == ["paid_late", "refund_started", "refunded"]
    assert "late-payment-refunded" in [notice["topic"] for notice in till.events("notice%")]
    assert till.events("order.paid%") == []
    assert [row[0] for row in till.rows("SELECT kind FROM alerts")] == ["paid_late"]


def test_a_second_payment_of_a_paid_order_goes_back_and_the_first_one_stays(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    customer.start(order["id"])
    till.hold_webhooks()
    first = till.value("SELECT session_id FROM payments")
    till.rows_changed("UPDATE payments SET status = 'closed'")
    customer.start(order["id"])
    till.pay_at_gateway(order["id"])
    till.control(f"sessions/{first}/pay", {"method": "card", "outcome": "succeed"})
    till.control("webhooks/release")
    till.until(lambda: till.value("SELECT count(*) FROM refunds WHERE status = 'succeeded'"))
    till.settle()
    assert till.status(order["id"]) == "paid"
    assert sorted(till.rows("SELECT settles, captured - refunded FROM payments")) == [(False, 0), (True, 3990)]
    assert len(till.events("order.paid%")) == 1
    assert till.events("order.refunded%") == []


def test_a_payment_whose_checkout_was_never_recorded_is_closed_with_its_order(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    customer.start(order["id"])
    till.hold_webhooks()
    till.rows_changed("UPDATE payments SET session_id = NULL, status = 'wanted', checkout_url = ''")
    till.advance(minutes=31)
    till.run()
    assert till.status(order["id"]) == "expired"
    with till.stripe.sandbox.store.reading() as tx:
        assert [session["status"] for session in tx.all("checkout.session")] == ["expired"]


def test_an_order_whose_timer_is_gone_is_found_by_the_sweep(till: Till) -> None:
    order = till.customer().place(till.offer()).body
    till.rows_changed("DELETE FROM timers")
    till.advance(hours=1)
    till.sweep()
    till.run()
    assert till.status(order["id"]) == "expired"
