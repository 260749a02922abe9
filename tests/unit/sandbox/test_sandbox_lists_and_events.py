"""Lists by cursor, and the events of the last thirty days."""

import pytest
import stripe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deploy.sandbox.stripe.listing import page_of_items
from tests.unit.sandbox.till import Till

DAY = 24 * 3600


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(count=st.integers(0, 12), size=st.integers(1, 5), backwards=st.booleans())
def test_pages_hold_everything_once_and_newest_first(till: Till, count: int, size: int, backwards: bool) -> None:
    till.sandbox.reset()
    made = [till.open_session().id for _ in range(count)]
    sessions = till.stripe.v1.checkout.sessions
    if not backwards:
        assert [one.id for one in sessions.list({"limit": size}).auto_paging_iter()] == made[::-1]
    elif made:
        found, page = [made[0]], sessions.list({"limit": size, "ending_before": made[0]})
        while page.data:
            found = [*found, *(one.id for one in reversed(page.data))]
            page = sessions.list({"limit": size, "ending_before": page.data[0].id})
        assert found == made


@given(count=st.integers(1, 12), size=st.integers(1, 5), place=st.integers(0, 11))
def test_lines_come_in_the_order_given(count: int, size: int, place: int) -> None:
    items = [{"id": str(number)} for number in range(count)]
    place %= count
    after = page_of_items(items, {"limit": size, "starting_after": str(place)}, "/lines")
    before = page_of_items(items, {"limit": size, "ending_before": str(place)}, "/lines")
    assert after["data"] == items[place + 1 : place + 1 + size]
    assert after["has_more"] == (place + 1 + size < count)
    assert before["data"] == items[max(0, place - size) : place]
    assert before["has_more"] == (place - size > 0)


def test_a_cursor_that_leads_nowhere_is_refused(till: Till) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="No such refund"):
        till.stripe.v1.refunds.list({"starting_after": "re_nothing"})


def test_one_cursor_at_a_time(till: Till) -> None:
    one = till.open_session().id
    with pytest.raises(stripe.InvalidRequestError, match="only specify one"):
        till.stripe.v1.checkout.sessions.list({"starting_after": one, "ending_before": one})


def test_events_are_found_by_type_and_time(till: Till) -> None:
    till.paid()
    events = till.stripe.v1.events
    assert {one.type for one in events.list({"type": "payment_intent.*"}).data} == {
        "payment_intent.created",
        "payment_intent.succeeded",
    }
    assert len(events.list({"types": ["charge.succeeded", "charge.failed"]}).data) == 1
    now = int(till.sandbox.clock.now())
    assert not events.list({"created": {"gt": now + 5}}).data
    assert len(events.list({"created": {"gte": now - 60}}).data) == 4


def test_events_are_listed_for_thirty_days(till: Till) -> None:
    till.paid()
    event = till.stripe.v1.events.list().data[0]
    till.sandbox.clock.advance(30 * DAY - 60)
    assert till.stripe.v1.events.retrieve(event.id).id == event.id
    till.sandbox.clock.advance(120)
    assert not till.stripe.v1.events.list().data
    with pytest.raises(stripe.InvalidRequestError, match="No such event"):
        till.stripe.v1.events.retrieve(event.id)


def test_an_event_shows_its_object_as_it_was(till: Till) -> None:
    intent = till.paid()
    till.stripe.v1.refunds.create({"payment_intent": intent.id})
    event = till.stripe.v1.events.list({"type": "charge.succeeded"}).data[0]
    assert event.data.object["amount_refunded"] == 0


def test_an_event_names_the_request_behind_it(till: Till) -> None:
    intent = till.paid()
    refund = till.stripe.v1.refunds.create({"payment_intent": intent.id}, {"idempotency_key": "refund-1"})
    events = till.stripe.v1.events
    asked = events.list({"type": "refund.created"}).data[0].request
    by_hand = events.list({"type": "charge.succeeded"}).data[0].request
    assert asked is not None
    assert by_hand is not None
    assert (asked.id, asked.idempotency_key) == (refund.last_response.headers["Request-Id"], "refund-1")  # type: ignore[union-attr]
    assert (by_hand.id, by_hand.idempotency_key) == (None, None)
