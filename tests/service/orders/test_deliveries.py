"""What the owners of lines tell: delivered, or to be given back; each version once."""

from dataclasses import replace
from uuid import UUID, uuid4

import pytest

from services.orders.usecases.record_delivery import UnknownDelivery
from shared.contracts import DELIVERY_COMPLETED
from shared.contracts.deliveries import Delivery
from tests.service.orders.till import Till


def test_an_order_is_complete_when_every_line_is_delivered(till: Till) -> None:
    customer, order = till.paid_order(till.offer(1000), till.offer(2000))
    first, second = order["lines"]
    till.deliver(order, first)
    assert till.status(order["id"]) == "paid"
    till.deliver(order, second)
    assert till.status(order["id"]) == "completed"
    shown = customer.order(order["id"])
    assert [step["state"] for step in shown["steps"]] == ["done"] * 3
    told = till.events("order.completed%")
    assert [[line["earned"] for line in fact["lines"]] for fact in told] == [[1000, 2000]]


def test_a_line_that_failed_is_given_back_by_itself(till: Till) -> None:
    customer, order = till.paid_order(till.offer(1000), till.offer(2000))
    first, second = order["lines"]
    till.deliver(order, first)
    till.deliver(order, second, failed=True)
    till.until(lambda: till.events("order.refunded%"))
    assert till.rows("SELECT origin, amount, status FROM refunds") == [("delivery", 2000, "succeeded")]
    assert till.status(order["id"]) == "completed"
    assert customer.order(order["id"])["refunded"] == 2000


def test_an_order_of_which_nothing_was_delivered_is_refunded(till: Till) -> None:
    _, order = till.paid_order()
    till.deliver(order, order["lines"][0], failed=True)
    assert till.status(order["id"]) == "paid"
    till.until(lambda: till.status(order["id"]) == "refunded")


def test_only_the_difference_to_what_went_back_is_given_back(till: Till) -> None:
    _, order = till.paid_order()
    line = order["lines"][0]
    till.operator.refund(order["id"], {line["id"]: 990})
    till.until(lambda: till.value("SELECT count(*) FROM refunds WHERE status = 'succeeded'"))
    till.deliver(order, line, 1, failed=True, earned=2000, give_back=1500)
    till.deliver(order, line, 2, failed=True, earned=2000, give_back=1990)
    till.deliver(order, line, 3, failed=True, earned=2000, give_back=900)
    till.until(lambda: till.value("SELECT refunded FROM payments") == 1990)
    assert [row[0] for row in till.rows("SELECT amount FROM refunds ORDER BY id")] == [990, 510, 490]


def test_an_older_version_that_arrives_late_is_dropped(till: Till) -> None:
    _, order = till.paid_order()
    line = order["lines"][0]
    till.deliver(order, line, 2)
    till.deliver(order, line, 1, failed=True)
    till.deliver(order, line, 2)
    till.run()
    assert till.status(order["id"]) == "completed"
    assert till.value("SELECT count(*) FROM refunds") == 0


def test_a_line_taken_back_after_its_delivery_is_refunded(till: Till) -> None:
    _, order = till.paid_order()
    line = order["lines"][0]
    till.deliver(order, line)
    till.deliver(order, line, 2, failed=True)
    till.until(lambda: till.status(order["id"]) == "refunded")


def test_a_delivery_of_what_is_not_the_senders_paid_or_there_is_kept_for_an_operator(till: Till) -> None:
    customer, order = till.paid_order()
    line = order["lines"][0]
    fact = Delivery(UUID(order["id"]), UUID(line["id"]), 1, line["amount"], 0, till.clock.now())
    unpaid = customer.place(till.offer()).body
    for source, wrong in [
        ("fulfillment", fact),
        ("catalog", replace(fact, order_id=uuid4())),
        ("catalog", replace(fact, line_id=uuid4())),
        ("catalog", replace(fact, order_id=UUID(unpaid["id"]), line_id=UUID(unpaid["lines"][0]["id"]))),
        ("catalog", replace(fact, earned=line["amount"] + 1)),
        ("catalog", replace(fact, give_back=1)),
    ]:
        with pytest.raises(UnknownDelivery):
            till.tell(source, DELIVERY_COMPLETED, wrong)
    assert till.status(order["id"]) == "paid"
