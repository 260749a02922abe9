"""Patterns: the same words match the same types on every broker."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from kombu.transport.virtual.exchange import TopicExchange

from shared.messaging.topology import Subscription, matches

WORDS = st.sampled_from(["orders", "order", "paid", "v1", "a-b", "c_d"])
TYPES = st.lists(WORDS, min_size=1, max_size=5).map(".".join)
PATTERNS = st.lists(WORDS | st.just("*"), min_size=1, max_size=5).map(".".join)


@given(PATTERNS, TYPES)
def test_a_pattern_matches_as_amqp_says(pattern: str, event_type: str) -> None:
    """AMQP 0-9-1, 3.1.3.3: `*` matches a single word."""
    wanted = re.compile(re.escape(pattern).replace(r"\*", r"[^.]+"))
    assert matches(pattern, event_type) is bool(wanted.fullmatch(event_type))


@given(PATTERNS, TYPES)
def test_the_in_process_broker_matches_as_we_do(pattern: str, event_type: str) -> None:
    exchange = TopicExchange(channel=None)
    table = [exchange.prepare_bind("queue", "exchange", pattern, {})]
    assert matches(pattern, event_type) is bool(exchange.lookup(table, "exchange", event_type, None))


@given(TYPES)
def test_a_type_matches_itself_and_nothing_longer(event_type: str) -> None:
    assert matches(event_type, event_type)
    assert not matches(event_type, f"{event_type}.more")


@pytest.mark.parametrize("pattern", ["#", "orders.#", "", "orders..paid", "Orders.paid", "orders.p*", "a b"])
def test_a_pattern_that_brokers_read_differently_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="not words"):
        Subscription("exchange", "orders", (pattern,))


def test_a_queue_is_durable_and_bound_to_its_patterns_and_its_own_probe() -> None:
    queue = Subscription("huafang.events", "orders", ("*.offer.published.v1",)).queue()
    assert queue.name == "huafang.events.orders"
    assert queue.durable
    assert queue.queue_arguments["x-queue-type"] == "quorum"
    keys = {bound.routing_key for bound in queue.bindings}
    assert keys == {"*.offer.published.v1", "orders.queue.probed.v1"}
