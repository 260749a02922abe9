"""The envelope: what is written is read again, and what is no event is told apart without harm."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ids import new_id
from shared.messaging.envelope import Event, Unreadable

EVENT = Event(new_id(), "orders.order.paid.v1", "orders", "画坊", datetime.now(UTC), {"price": 990, "text": "漂亮"})
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), JSON))
def test_any_data_comes_out_as_it_went_in(data: dict[str, Any]) -> None:
    event = Event(EVENT.id, EVENT.type, EVENT.source, EVENT.subject, EVENT.time, json.loads(json.dumps(data)), "00-a")
    if _is_unicode(data):
        assert Event.from_json(event.to_json()) == event


@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_bytes_that_are_no_event_are_unreadable_and_nothing_worse(body: bytes) -> None:
    with pytest.raises(Unreadable):
        Event.from_json(body)


@given(st.sampled_from(sorted(EVENT.to_dict())), JSON)
def test_an_attribute_replaced_by_anything_is_read_or_unreadable(name: str, value: Any) -> None:
    try:
        Event.from_json(json.dumps({**EVENT.to_dict(), name: value}))
    except Unreadable:
        return


@pytest.mark.parametrize("name", ["specversion", "id", "type", "source", "subject", "time", "data"])
def test_an_envelope_without_one_of_its_attributes_is_unreadable(name: str) -> None:
    envelope = EVENT.to_dict()
    del envelope[name]
    with pytest.raises(Unreadable):
        Event.from_json(json.dumps(envelope))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("specversion", "2.0"),
        ("specversion", 1.0),
        ("id", "1"),
        ("id", 7),
        ("type", "Orders.Paid"),
        ("type", "orders..paid"),
        ("type", "orders.*.v1"),
        ("type", ""),
        ("type", "a" * 256),
        ("subject", "a\nb"),
        ("subject", "\ud800"),
        ("source", None),
        ("time", "2026-11-24T10:00:00"),
        ("time", "soon"),
        ("data", []),
        ("data", "{}"),
    ],
)
def test_an_attribute_of_the_wrong_form_is_unreadable(name: str, value: object) -> None:
    with pytest.raises(Unreadable):
        Event.from_json(json.dumps({**EVENT.to_dict(), name: value}))


def test_a_sender_may_say_more_than_we_know() -> None:
    assert Event.from_json(json.dumps({**EVENT.to_dict(), "ofTomorrow": {"a": 1}})) == EVENT


def _is_unicode(data: object) -> bool:
    try:
        json.dumps(data, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
