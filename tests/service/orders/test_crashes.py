"""A process that ends between two steps: the next run goes on with the same key, and nothing happens twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from services.orders.usecases import ask_for_refund, open_checkout, process_notice
from services.orders.usecases.close_order import close_order
from tests.service.orders.till import Till


class Killed(BaseException):
    """Stands for SIGKILL: nothing in the service catches it."""


@contextmanager
def killed_at(monkeypatch: pytest.MonkeyPatch, module: Any, point: str) -> Iterator[None]:
    """The process ends at this failpoint."""

    def fail(name: str) -> None:
        if name == point:
            raise Killed(name)

    with monkeypatch.context() as patch:
        patch.setattr(module, "failpoint", fail)
        try:
            yield
        except Killed:
            return
    raise AssertionError(f"{point} was never passed")


def gateway_objects(till: Till, kind: str) -> int:
    with till.stripe.sandbox.store.reading() as tx:
        return len(tx.all(kind))


def test_killed_after_the_checkout_was_opened_and_before_it_was_recorded(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    payment_id = None
    with killed_at(monkeypatch, open_checkout, "orders.checkout-opened"):
        customer.start(order["id"], key="k")
    payment_id = till.value("SELECT id FROM payments")
    assert till.rows("SELECT status, session_id FROM payments") == [("wanted", None)]
    again = customer.start(order["id"], key="k")
    assert (again.status, again.body["payment_id"]) == (200, str(payment_id))
    assert gateway_objects(till, "checkout.session") == 1


def test_killed_there_and_never_asked_again_the_order_still_ends_with_its_checkout(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    with killed_at(monkeypatch, open_checkout, "orders.checkout-opened"):
        customer.start(order["id"])
    till.advance(minutes=31)
    close_order(till.desk, order["id"])
    assert till.status(order["id"]) == "expired"
    with till.stripe.sandbox.store.reading() as tx:
        assert [session["status"] for session in tx.all("checkout.session")] == ["expired"]


@pytest.mark.parametrize("point", ["orders.refund-intended", "orders.refund-asked"])
def test_killed_around_the_refund_the_gateway_is_asked_once(
    till: Till, monkeypatch: pytest.MonkeyPatch, point: str
) -> None:
    _, order = till.paid_order()
    till.settle()
    till.hold_webhooks()
    till.operator.refund(order["id"], {order["lines"][0]["id"]: 3990})
    refund_id = till.value("SELECT id FROM refunds")
    with killed_at(monkeypatch, ask_for_refund, point):
        ask_for_refund.ask_for_refund(till.desk, refund_id)
    assert till.value("SELECT status FROM refunds") == "asked"
    assert till.value("SELECT reserved FROM payments") == 3990
    ask_for_refund.ask_for_refund(till.desk, refund_id)
    ask_for_refund.ask_for_refund(till.desk, refund_id)
    assert till.status(order["id"]) == "refunded"
    assert gateway_objects(till, "refund") == 1
    calls = till.control("calls?path=/v1/refunds", method="GET")["calls"]
    assert {call["key"] for call in calls if call["method"] == "POST"} == {f"refund-{refund_id}"}


def test_killed_after_a_notice_had_its_effect_and_before_it_was_ticked_off(
    till: Till, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = till.customer()
    order = customer.place(till.offer()).body
    customer.start(order["id"])
    till.hold_webhooks()
    session = till.pay_at_gateway(order["id"])
    event_id = till.notice("checkout.session.completed", session)
    with killed_at(monkeypatch, process_notice, "orders.notice-effect"):
        process_notice.process_notice(till.desk, event_id)
    assert till.status(order["id"]) == "paid"
    assert till.notice_status(event_id) == "received"
    till.run()
    assert till.notice_status(event_id) == "processed"
    assert len(till.events("order.paid%")) == 1


def test_a_connection_that_is_lost_while_an_order_is_placed_leaves_nothing_or_all(till: Till) -> None:
    customer = till.customer()
    customer.put(till.offer())
    cart = customer.cart()
    body = {
        "lines": [{"offer_id": cart["lines"][0]["offer_id"], "quantity": 1}],
        "fingerprint": cart["fingerprint"],
        "accepted_terms": [],
    }
    till.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    answers = [customer.ask("POST", "/orders", body, key="k") for _ in range(3)]
    assert answers[-1].status == 201
    assert till.value("SELECT count(*) FROM orders") == 1
