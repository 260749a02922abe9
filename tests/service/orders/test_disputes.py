"""Disputes: recorded and put before an operator; what is lost counts as refunded, and nobody is asked."""

from tests.service.orders.till import Till


def dispute(till: Till, amount: int | None = None) -> str:
    charge = till.value("SELECT charge_id FROM payments WHERE captured > 0")
    made = till.control(f"charges/{charge}/dispute", {"amount": amount} if amount else {})
    till.until(lambda: till.value("SELECT count(*) FROM disputes"))
    return str(made["id"])


def test_a_dispute_is_shown_and_alerted(till: Till) -> None:
    customer, order = till.paid_order()
    dispute(till)
    shown = customer.order(order["id"])
    assert shown["status"] == "paid"
    assert shown["timeline"][-1]["kind"] == "disputed"
    alerts = till.operator.ask("GET", "/operator/alerts").body["items"]
    assert [alert["kind"] for alert in alerts] == ["dispute_opened"]
    assert till.operator.order(order["id"])["disputes"][0]["evidence_due_at"]


def test_a_lost_dispute_counts_as_refunded_without_asking_the_gateway(till: Till) -> None:
    customer, order = till.paid_order(till.offer(3000), till.offer(1000))
    id_ = dispute(till)
    till.control(f"disputes/{id_}/close", {"outcome": "lost"})
    till.until(lambda: till.status(order["id"]) == "refunded")
    till.settle()
    assert till.rows("SELECT origin, amount, gateway_id FROM refunds") == [("dispute", 4000, None)]
    assert till.value("SELECT booked FROM disputes") == 4000
    assert all(line["revoked"] for line in till.events("order.refunded%")[0]["lines"])
    posts = [c for c in till.control("calls?path=/v1/refunds", method="GET")["calls"] if c["method"] == "POST"]
    assert posts == []
    assert customer.order(order["id"])["timeline"][-1]["kind"] == "refunded"


def test_a_dispute_that_is_won_changes_no_money(till: Till) -> None:
    _, order = till.paid_order()
    id_ = dispute(till)
    till.control(f"disputes/{id_}/close", {"outcome": "won"})
    till.until(lambda: till.value("SELECT status FROM disputes") == "won")
    till.settle()
    assert till.status(order["id"]) == "paid"
    assert till.value("SELECT count(*) FROM refunds") == 0


def test_only_what_had_not_gone_back_is_lost(till: Till) -> None:
    _, order = till.paid_order()
    till.operator.refund(order["id"], {order["lines"][0]["id"]: 1000})
    till.until(lambda: till.value("SELECT refunded FROM payments") == 1000)
    id_ = dispute(till, 2990)
    till.control(f"disputes/{id_}/close", {"outcome": "lost"})
    till.until(lambda: till.status(order["id"]) == "refunded")
    assert sorted(till.rows("SELECT origin, amount FROM refunds")) == [("dispute", 2990), ("operator", 1000)]


def test_a_partly_lost_dispute_leaves_the_rest_paid(till: Till) -> None:
    _, order = till.paid_order(till.offer(3000), till.offer(1000))
    id_ = dispute(till, 2000)
    till.control(f"disputes/{id_}/close", {"outcome": "lost"})
    till.until(lambda: till.value("SELECT refunded FROM payments") == 2000)
    assert till.status(order["id"]) == "paid"
    assert sorted(row[0] for row in till.rows("SELECT refunded FROM order_lines")) == [500, 1500]
