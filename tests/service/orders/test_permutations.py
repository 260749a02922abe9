"""Notices in every order, doubled, lead to one state: what the gateway says is fetched, not taken from them."""

from collections.abc import Callable
from itertools import permutations
from random import Random
from typing import Any

import pytest

from services.orders.gateways.payments import GatewayEvent
from services.orders.usecases.process_notice import PAYMENT_EVENTS, process_notice
from services.orders.usecases.receive_notice import receive_notice
from tests.service.orders.till import Customer, Till

STATE = """
    SELECT o.status, p.status, p.settles, p.captured, p.refunded, p.reserved, p.fee,
           (SELECT array_agg(row(l.paid, l.refunded, l.reserved, l.fee, l.revoked)::text ORDER BY l.position)
              FROM order_lines l WHERE l.order_id = o.id),
           (SELECT array_agg(row(r.origin, r.status, r.amount)::text ORDER BY r.origin, r.amount)
              FROM refunds r WHERE r.order_id = o.id),
           (SELECT array_agg(row(d.status, d.booked)::text) FROM disputes d WHERE d.order_id = o.id),
           (SELECT array_agg(t.to_status ORDER BY t.position) FROM order_transitions t WHERE t.order_id = o.id)
    FROM orders o LEFT JOIN payments p ON p.order_id = o.id WHERE o.id = :id"""


def paid(till: Till, customer: Customer, order: Any) -> None:
    till.pay_at_gateway(order["id"])


def paid_then_refunded_in_the_dashboard(till: Till, customer: Customer, order: Any) -> None:
    session = till.pay_at_gateway(order["id"])
    till.refund_elsewhere(session["payment_intent"], 1500)


def paid_then_disputed_and_lost(till: Till, customer: Customer, order: Any) -> None:
    session = till.pay_at_gateway(order["id"])
    with till.stripe.sandbox.store.reading() as tx:
        charge = tx.get(session["payment_intent"])["latest_charge"]
    made = till.control(f"charges/{charge}/dispute")
    till.control(f"disputes/{made['id']}/close", {"outcome": "lost"})


def paid_after_the_order_ended(till: Till, customer: Customer, order: Any) -> None:
    till.end_without_the_gateway(order["id"])
    till.pay_at_gateway(order["id"])


STORIES: dict[str, Callable[[Till, Customer, Any], None]] = {
    "paid": paid,
    "refunded": paid_then_refunded_in_the_dashboard,
    "disputed": paid_then_disputed_and_lost,
    "late": paid_after_the_order_ended,
}


def told(till: Till, story: Callable[[Till, Customer, Any], None]) -> tuple[str, list[GatewayEvent]]:
    """Let a story happen at the gateway, none of whose webhooks arrive; the notices that matter, oldest first."""
    customer = till.customer()
    order = customer.place(till.offer(2990), till.offer(1000)).body
    customer.start(order["id"])
    till.hold_webhooks()
    story(till, customer, order)
    matter = (*PAYMENT_EVENTS, "refund.", "charge.refund", "charge.dispute.")
    events = list(till.desk.gateway.events_since(till.clock.now().replace(year=2000)))
    return order["id"], [event for event in reversed(events) if event.type.startswith(matter)]


def heard(till: Till, order_id: str, events: list[GatewayEvent]) -> Any:
    """Receive and process notices one after the other, then all that follows; the order's state at the end."""
    for event in events:
        with till.desk.database.transaction() as session:
            receive_notice(session, event, till.clock.now())
        _process(till, event.id)
    till.until(lambda: not till.value("SELECT count(*) FROM webhook_events WHERE status = 'received'"))
    till.until(lambda: not till.value("SELECT count(*) FROM refunds WHERE status IN ('reserved', 'asked')"))
    till.check_books()
    return till.rows(STATE, id=order_id)


def _process(till: Till, event_id: str) -> None:
    try:
        process_notice(till.desk, event_id)
    except Exception:
        return


@pytest.mark.slow
@pytest.mark.parametrize("story", STORIES.values(), ids=STORIES.keys())
def test_every_order_of_notices_and_their_copies_gives_one_state(
    till: Till, story: Callable[[Till, Customer, Any], None]
) -> None:
    states = []
    count = len(told(till, story)[1])
    orders = list(permutations(range(count))) if count <= 3 else _sample(count, 12)
    for places in orders:
        till.forget_everything()
        order_id, events = told(till, story)
        assert len(events) == count
        chosen = [events[place] for place in places]
        states.append(heard(till, order_id, chosen + chosen[::-1]))
    assert all(state == states[0] for state in states), states


def _sample(count: int, size: int) -> list[list[int]]:
    """Forwards, backwards, and shuffles that are the same in every run."""
    chance = Random(20261124)
    shuffles = [chance.sample(range(count), count) for _ in range(size)]
    return [list(range(count)), list(reversed(range(count))), *shuffles]
