"""A purchase, from the cart to the event that others deliver on."""

from tests.service.orders.till import Till, terms


def test_a_pack_is_bought_and_the_whole_order_is_told(till: Till) -> None:
    offer = till.offer(3990, terms=[terms()])
    customer = till.customer()

    placed = customer.place(offer)
    assert placed.status == 201, placed.body
    order = placed.body
    assert order["status"] == "awaiting_payment"
    assert order["total"] == 3990
    assert order["number"].startswith("HF20")
    assert customer.cart()["lines"] == []

    started = customer.start(order["id"], language="zh")
    assert started.status == 200
    assert started.body["checkout_url"].startswith(till.stripe.url)
    till.pay_at_gateway(order["id"])
    till.until(lambda: till.status(order["id"]) == "paid")

    paid = customer.order(order["id"])
    assert [step["state"] for step in paid["steps"]] == ["done", "done", "present"]
    assert [entry["kind"] for entry in paid["timeline"]] == ["placed", "payment_started", "paid"]
    told = till.events("order.paid%")
    assert [fact["order_id"] for fact in told] == [order["id"]]
    line = told[0]["lines"][0]
    assert (line["paid"], line["refunded"], line["delivery"]) == (3990, 0, "waiting")
    assert line["accepted_terms"][0]["sha256"] == "a" * 64
    assert line["fee"] == till.value("SELECT fee FROM payments") > 0
    assert [notice["topic"] for notice in till.events("notice%")] == ["order-paid"]

    till.deliver(paid, paid["lines"][0])
    assert till.status(order["id"]) == "completed"
    assert len(till.events("order.completed%")) == 1
