"""What happens when things happen at once: real threads, a barrier, and one winner."""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from services.orders.usecases.close_order import close_order
from services.orders.usecases.process_notice import process_notice
from tests.service.orders.till import Answer, Till, party


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """Let all begin together and return what each answered."""
    barrier = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait(10)
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(run, call) for call in calls]]


def test_of_two_refunds_of_60_percent_one_wins(till: Till) -> None:
    _, order = till.paid_order(till.offer(1000))
    line_id = order["lines"][0]["id"]
    answers = at_once(*[lambda: till.operator.refund(order["id"], {line_id: 600})] * 2)
    assert sorted(answer.status for answer in answers) == [201, 422]
    till.until(lambda: till.value("SELECT refunded FROM payments") == 600)
    with till.stripe.sandbox.store.reading() as tx:
        assert [refund["amount"] for refund in tx.all("refund")] == [600]


def test_of_many_small_refunds_only_what_was_paid_goes_back(till: Till) -> None:
    _, order = till.paid_order(till.offer(1000))
    line_id = order["lines"][0]["id"]
    answers = at_once(*[lambda: till.operator.refund(order["id"], {line_id: 300})] * 8)
    assert Counter(answer.status for answer in answers) == {201: 3, 422: 5}
    till.until(lambda: till.value("SELECT refunded FROM payments") == 900)


def test_the_same_cart_completed_twice_is_one_order(till: Till) -> None:
    customer = till.customer()
    customer.put(till.offer())
    cart = customer.cart()
    body = {
        "lines": [{"offer_id": cart["lines"][0]["offer_id"], "quantity": 1}],
        "fingerprint": cart["fingerprint"],
        "accepted_terms": [],
    }
    answers = at_once(*[lambda: customer.ask("POST", "/orders", body, key=uuid4().hex) for _ in range(6)])
    assert Counter(answer.status for answer in answers) == {201: 1, 409: 5}
    assert {answer.slug for answer in answers if answer.status == 409} == {"already-bought"}
    assert till.value("SELECT count(*) FROM orders") == 1


def test_the_same_key_at_once_is_one_order(till: Till) -> None:
    customer = till.customer()
    offer = till.offer(max_quantity=9)
    customer.put(offer)
    cart = customer.cart()
    body = {
        "lines": [{"offer_id": str(offer.offer_id), "quantity": 1}],
        "fingerprint": cart["fingerprint"],
        "accepted_terms": [],
    }
    answers = at_once(*[lambda: customer.ask("POST", "/orders", body, key="same") for _ in range(6)])
    assert {answer.status for answer in answers} <= {201, 409}
    made = {answer.body["id"] for answer in answers if answer.status == 201}
    assert len(made) == till.value("SELECT count(*) FROM orders") == 1


def test_two_members_of_an_organisation_cannot_both_hold_its_private_offer(till: Till) -> None:
    organisation = uuid4()
    members = [till.customer(organisations=(organisation,)) for _ in range(4)]
    offer = till.offer(buyer=party(organisation, "organisation"))
    for member in members:
        member.put(offer)
    cart = members[0].cart()
    lines = [{"offer_id": str(offer.offer_id), "quantity": 1}]

    def place(member: Any) -> Answer:
        body = {"lines": lines, "fingerprint": cart["fingerprint"], "accepted_terms": []}
        answer: Answer = member.ask("POST", "/orders", body, key=uuid4().hex)
        return answer

    answers = at_once(*[partial(place, member) for member in members])
    assert Counter(answer.status for answer in answers) == {201: 1, 409: 3}


def test_one_checkout_is_opened_however_many_ask_for_it(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    answers = at_once(*[lambda: customer.start(order["id"])] * 5)
    assert {answer.status for answer in answers} <= {200, 503}
    urls = {answer.body["checkout_url"] for answer in answers if answer.status == 200}
    assert len(urls) == 1
    with till.stripe.sandbox.store.reading() as tx:
        assert len(tx.all("checkout.session")) == 1


def test_a_payment_and_the_end_of_its_time_leave_one_outcome(till: Till) -> None:
    for _ in range(4):
        order_id = _order_about_to_expire(till)
        at_once(partial(_try_to_pay, till, order_id), partial(close_order, till.desk, UUID(order_id)))
        till.control("webhooks/release")
        till.settle()
        captured = till.value("SELECT sum(captured) FROM payments WHERE order_id = :id", id=order_id)
        assert till.status(order_id) == ("paid" if captured else "expired")
        till.check_books()


def _order_about_to_expire(till: Till) -> str:
    customer = till.customer()
    order_id = str(customer.place(till.offer()).body["id"])
    customer.start(order_id)
    till.hold_webhooks()
    till.advance(minutes=31)
    return order_id


def _try_to_pay(till: Till, order_id: str) -> None:
    try:
        till.pay_at_gateway(order_id)
    except AssertionError:
        return  # the checkout was closed a moment before


def test_a_webhook_the_return_page_and_the_timed_query_pay_an_order_once(till: Till) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    customer.start(order["id"])
    till.hold_webhooks()
    till.pay_at_gateway(order["id"])
    till.reconcile()
    events = [row[0] for row in till.rows("SELECT id FROM webhook_events")]
    checks = [partial(process_notice, till.desk, event) for event in events]
    at_once(*checks, *[lambda: close_order(till.desk, order["id"])] * 2)
    till.run()
    assert till.status(order["id"]) == "paid"
    assert len(till.events("order.paid%")) == 1
    assert till.value("SELECT count(*) FROM refunds") == 0
    assert [entry["kind"] for entry in customer.order(order["id"])["timeline"]].count("paid") == 1


def test_a_cancellation_and_a_start_of_payment_do_not_both_win(till: Till) -> None:
    for _ in range(4):
        customer = till.customer()
        order = customer.place(till.offer()).body
        at_once(partial(customer.cancel, order["id"]), partial(customer.start, order["id"]))
        till.until(partial(_is_cancelled, till, order["id"]))
        assert till.value("SELECT count(*) FROM payments WHERE status IN ('wanted', 'open')") == 0


def _is_cancelled(till: Till, order_id: str) -> bool:
    return till.status(order_id) == "cancelled"
