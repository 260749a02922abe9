"""What every transport must do, whichever it is: the same tests on RabbitMQ and in process."""

import signal
from collections.abc import Callable
from datetime import UTC, datetime
from subprocess import Popen

import pytest
from kombu import Connection, Exchange, Producer
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind
from sqlalchemy import text

from shared.database import Database
from shared.messaging import consumer as consuming
from shared.messaging import outbox, tracing
from shared.messaging.outbox import OutboxRow
from shared.messaging.received import InboxRow
from shared.messaging.transports import open_transport
from shared.messaging.worker import Worker
from tests.service.messaging.sample import (
    CHANGED,
    FAILS,
    KILLS,
    PLAN_CHANGED,
    THING_CHANGED,
    THING_GONE,
    Thing,
    change,
    consumer,
    effects,
    inbox,
    once_each,
    publisher,
    unpublished,
    version_of,
)
from tests.waiting import wait_for

Broker = dict[str, str]
Start = Callable[[Worker], Worker]
Spawn = Callable[..., "Popen[str]"]


def test_each_consumer_hears_of_what_its_words_and_wildcards_say(
    broker: Broker, alpha: Database, beta: Database, start: Start
) -> None:
    """`*` is one word, never none and never two."""
    start(consumer("beta", beta, broker, CHANGED))
    start(consumer("gamma", beta, broker, "alpha.thing.gone.v1", "alpha.*.changed.v1"))
    start(publisher("alpha", alpha, broker, unheard=["delta.thing.gone.v1", "delta.plan.changed.v1"]))
    [changed] = change(alpha, Thing())
    [other] = change(alpha, Thing(), source="delta")
    [gone] = change(alpha, Thing(), contract=THING_GONE)
    [plan] = change(alpha, Thing(), contract=PLAN_CHANGED)
    change(alpha, Thing(), source="delta", contract=THING_GONE)
    change(alpha, Thing(), source="delta", contract=PLAN_CHANGED)
    wait_for(lambda: unpublished(alpha) == 0, "all published")
    wait_for(lambda: len(effects(beta)) == 5, "five effects")
    assert sorted(effects(beta, "beta")) == sorted([changed.id, other.id])
    assert sorted(effects(beta, "gamma")) == sorted([changed.id, gone.id, plan.id])


@pytest.mark.parametrize("point", ["inbox.before-commit", "inbox.after-commit"])
def test_a_crash_before_acknowledging_brings_the_event_again_and_its_effect_once(
    broker: Broker, alpha: Database, beta: Database, spawn: Spawn, point: str
) -> None:
    process = spawn(broker, alpha=alpha, beta=beta, fault=point)
    events = change(alpha, Thing())
    assert process.wait(20) == -signal.SIGKILL
    assert len(effects(beta)) == (1 if point == "inbox.after-commit" else 0)
    events += change(alpha, Thing())
    spawn(broker, alpha=alpha, beta=beta)
    wait_for(once_each(beta, events), "each effect once")
    wait_for(lambda: set(inbox(beta).values()) == {"done"}, "nothing left to retry")


@pytest.mark.parametrize("point", ["relay.after-publish", "relay.after-confirm"])
def test_a_relay_that_dies_before_marking_sends_again_and_the_effect_stays_one(
    broker: Broker, alpha: Database, beta: Database, spawn: Spawn, point: str
) -> None:
    process = spawn(broker, alpha=alpha, beta=beta, fault=point)
    events = change(alpha, Thing(), Thing())
    assert process.wait(20) == -signal.SIGKILL
    assert unpublished(alpha) >= 1
    spawn(broker, alpha=alpha, beta=beta)
    wait_for(once_each(beta, events), "each effect once")
    wait_for(lambda: unpublished(alpha) == 0, "the outbox is empty")


def test_a_duplicate_has_no_second_effect(broker: Broker, alpha: Database, beta: Database, start: Start) -> None:
    start(consumer("beta", beta, broker))
    start(publisher("alpha", alpha, broker))
    events = change(alpha, *(Thing() for _ in range(20)))
    wait_for(once_each(beta, events), "each effect once")
    with alpha.transaction() as session:
        assert outbox.replay(session, events[0].time) == 20
    events += change(alpha, Thing())
    wait_for(lambda: unpublished(alpha) == 0, "all published again")
    wait_for(once_each(beta, events), "each effect still once")


def test_an_older_version_that_comes_late_is_dropped(
    broker: Broker, alpha: Database, beta: Database, start: Start
) -> None:
    start(consumer("beta", beta, broker))
    start(publisher("alpha", alpha, broker))
    newer = Thing(version=2)
    events = change(alpha, newer, Thing(newer.thing_id, version=1))
    wait_for(once_each(beta, events), "both were heard of")
    assert version_of(beta, newer.thing_id) == 2


def test_a_reaction_that_fails_does_not_hold_up_the_next(
    broker: Broker, alpha: Database, beta: Database, start: Start
) -> None:
    start(consumer("beta", beta, broker))
    start(publisher("alpha", alpha, broker))
    [poison, *good] = change(alpha, Thing(mood=FAILS), *(Thing() for _ in range(30)))
    wait_for(once_each(beta, good), "the good ones are done", seconds=5)
    assert inbox(beta)[poison.id] == "retrying"
    wait_for(lambda: unpublished(alpha) == 0, "the outbox is empty")


def test_a_message_that_is_no_event_is_kept_as_it_came_and_does_not_hold_up_the_next(
    broker: Broker, alpha: Database, beta: Database, start: Start
) -> None:
    start(consumer("beta", beta, broker))
    start(publisher("alpha", alpha, broker))
    nonsense = [b"{", b"\xff\xfe\x00", b'{"specversion": "1.0"}', b"[" * 100_000, b"x" * 10_000_000]
    with open_transport(**_named(broker)).connection() as connection:
        _send(connection, broker["exchange"], *nonsense)
    good = change(alpha, Thing(), Thing())
    wait_for(once_each(beta, good), "the good ones are done")
    with beta.transaction() as session:
        kept = session.scalars(text("SELECT body FROM unreadable")).all()
    assert sorted(map(bytes, kept)) == sorted(nonsense)


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_message_that_kills_its_process_is_parked_and_does_not_hold_up_the_next(
    broker: Broker, alpha: Database, beta: Database, spawn: Spawn
) -> None:
    [killer] = change(alpha, Thing(mood=KILLS))
    good = change(alpha, Thing(), Thing())
    deaths = 0
    process = spawn(broker, alpha=alpha, beta=beta)

    def parked() -> bool:
        nonlocal process, deaths
        if process.poll() is not None:
            deaths += 1
            process = spawn(broker, alpha=alpha, beta=beta)
        return inbox(beta).get(killer.id) == "parked"

    wait_for(parked, "the killer is parked", seconds=120)
    assert 1 < deaths <= 5
    wait_for(once_each(beta, good), "the good ones are done")
    assert process.poll() is None


def test_nothing_is_lost_when_the_process_is_killed_and_started_again(
    broker: Broker, alpha: Database, beta: Database, spawn: Spawn
) -> None:
    process = spawn(broker, alpha=alpha, beta=beta)
    events = change(alpha, *(Thing() for _ in range(30)))
    wait_for(lambda: effects(beta), "some effects")
    process.kill()
    events += change(alpha, *(Thing() for _ in range(30)))
    process.wait()
    spawn(broker, alpha=alpha, beta=beta)
    wait_for(once_each(beta, events), "each effect once")


def test_an_event_no_queue_is_bound_for_stays_unpublished_until_one_is(
    broker: Broker, alpha: Database, beta: Database, start: Start
) -> None:
    start(publisher("alpha", alpha, broker))
    events = change(alpha, Thing())
    row = wait_for(lambda: _failed_row(alpha), "the row says why")
    assert row.published_at is None
    assert row.error == "no queue is bound"
    start(consumer("beta", beta, broker))
    wait_for(once_each(beta, events), "sent once there is a queue")


def test_an_event_another_process_is_at_waits_and_does_not_hold_up_the_next(
    broker: Broker, alpha: Database, beta: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A frozen process keeps its transaction open; until that ends nothing can be said of its event."""
    monkeypatch.setattr(consuming, "BUSY_WAIT", 0.2)
    start(consumer("beta", beta, broker))
    start(publisher("alpha", alpha, broker))
    with alpha.transaction() as session, beta.transaction() as frozen:
        thing = Thing()
        held = outbox.emit(session, "alpha", THING_CHANGED, thing, subject=thing.thing_id, now=datetime.now(UTC))
        frozen.add(InboxRow(consumer="beta", event_id=held.id, type=held.type, subject="", status="done"))
        frozen.flush()
        session.commit()
        others = change(alpha, Thing(), Thing())
        wait_for(once_each(beta, others), "the others are done")
        frozen.rollback()
    wait_for(once_each(beta, [held, *others]), "and then the one that was held")


def test_one_trace_goes_from_the_request_through_the_broker_to_the_reaction(
    broker: Broker, alpha: Database, beta: Database, start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(tracing, "_tracer", provider.get_tracer("test"))
    start(consumer("beta", beta, broker))
    start(publisher("alpha", alpha, broker))
    with provider.get_tracer("test").start_as_current_span("request") as request:
        [event] = change(alpha, Thing())
    wait_for(once_each(beta, [event]), "heard of")
    spans = wait_for(lambda: _by_name(exporter, "react alpha.thing.changed.v1"), "the reaction's span")
    emitted, reacted = spans["emit alpha.thing.changed.v1"], spans["react alpha.thing.changed.v1"]
    assert (emitted.kind, reacted.kind) == (SpanKind.PRODUCER, SpanKind.CONSUMER)
    assert emitted.parent == request.get_span_context()
    assert reacted.parent.span_id == emitted.context.span_id
    assert reacted.context.trace_id == request.get_span_context().trace_id


def test_an_event_that_commits_late_is_not_skipped(
    broker: Broker, alpha: Database, beta: Database, start: Start
) -> None:
    start(consumer("beta", beta, broker))
    start(publisher("alpha", alpha, broker))
    with alpha.transaction() as slow:
        thing = Thing()
        early = outbox.emit(slow, "alpha", THING_CHANGED, thing, subject=thing.thing_id, now=datetime.now(UTC))
        late = change(alpha, Thing())
        wait_for(once_each(beta, late), "the later id is out first")
    wait_for(once_each(beta, [early, *late]), "the earlier id follows")


def _by_name(exporter: InMemorySpanExporter, awaited: str) -> dict[str, ReadableSpan]:
    spans = {span.name: span for span in exporter.get_finished_spans()}
    return spans if awaited in spans else {}


def _named(broker: Broker) -> dict[str, str]:
    return {"broker_url": broker["url"], "exchange": broker["exchange"]}


def _send(connection: Connection, exchange: str, *bodies: bytes) -> None:
    producer = Producer(connection, Exchange(exchange, "topic", durable=True))
    for body in bodies:
        producer.publish(body, "alpha.thing.changed.v1", content_type="application/json", content_encoding="binary")


def _failed_row(database: Database) -> OutboxRow | None:
    with database.transaction() as session:
        return session.query(OutboxRow).filter(OutboxRow.error.is_not(None)).first()
