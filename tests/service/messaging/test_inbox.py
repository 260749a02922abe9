"""The inbox by itself: what it keeps of an event, when it tries again, and when it gives up."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from opentelemetry import trace
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shared.database import Database
from shared.ids import new_id
from shared.messaging import received
from shared.messaging.backoff import Backoff
from shared.messaging.envelope import Event
from shared.messaging.inbox import Busy, Inbox
from shared.messaging.received import InboxRow, UnreadableRow
from tests.databases import Databases, rolled_back
from tests.service.messaging.sample import (
    CHANGED,
    FAILS,
    THING_CHANGED,
    Failed,
    Thing,
    effects,
    hear_of_thing,
    inbox,
)
from tests.waiting import wait_for

AT_ONCE = Backoff(tries=5, first=timedelta(), longest=timedelta())


def event_of(thing: Thing, kind: str = "alpha.thing.changed.v1", traceparent: str = "") -> Event:
    data = THING_CHANGED.dump(thing)
    return Event(new_id(), kind, "alpha", str(thing.thing_id), datetime.now(UTC), data, traceparent)


def row_of(database: Database, event: Event) -> InboxRow:
    with database.transaction() as session:
        row = session.get(InboxRow, ("beta", event.id))
        assert row is not None
        return row


@pytest.fixture
def box(beta: Database) -> Inbox:
    return Inbox("beta", beta, {CHANGED: hear_of_thing("beta")}, AT_ONCE)


def test_a_failing_event_is_rolled_back_kept_tried_five_times_and_parked(box: Inbox, beta: Database) -> None:
    event = event_of(Thing(mood=FAILS))
    box.receive(event.to_json(), redelivered=False)
    assert effects(beta) == [], "its half-done effect is gone"
    for tries in range(1, 5):
        row = row_of(beta, event)
        assert (row.status, row.attempts, row.error) == ("retrying", tries, "Failed: a sample failure")
        assert bytes(row.body or b"") == event.to_json()
        assert box.retry_one()
    assert (row_of(beta, event).status, row_of(beta, event).attempts) == ("parked", 5)
    assert not box.retry_one()
    assert effects(beta) == []


def test_the_tries_of_an_event_are_spread_over_half_a_minute(beta: Database) -> None:
    box = Inbox("beta", beta, {CHANGED: hear_of_thing("beta")})
    event = event_of(Thing(mood=FAILS))
    box.receive(event.to_json(), redelivered=False)
    waits = []
    for _ in range(4):
        with beta.transaction() as session:
            waits.append(session.scalar(text("SELECT round(extract(epoch FROM next_try_at - now())) FROM inbox")))
            assert not box.retry_one(), "not before its time"
            session.execute(text("UPDATE inbox SET next_try_at = now()"))
        assert box.retry_one()
    assert waits == [1, 3, 9, 20]


def test_an_event_that_fails_only_at_first_is_done_in_the_end(beta: Database) -> None:
    failures = iter([True, True, False])

    def react(session: Session, event: Event) -> None:
        if next(failures):
            raise Failed
        hear_of_thing("beta")(session, event)

    box = Inbox("beta", beta, {CHANGED: react}, AT_ONCE)
    event = event_of(Thing())
    box.receive(event.to_json(), redelivered=False)
    while box.retry_one():
        pass
    row = row_of(beta, event)
    assert (row.status, row.body, row.error) == ("done", None, None)
    assert effects(beta) == [event.id]


def test_an_error_of_the_database_is_kept_like_any_other_and_without_its_parameters(beta: Database) -> None:
    def react(session: Session, event: Event) -> None:
        session.execute(text("INSERT INTO things VALUES (:id, :version)"), {"id": new_id(), "version": None})

    box = Inbox("beta", beta, {CHANGED: react}, AT_ONCE)
    event = event_of(Thing())
    box.receive(event.to_json(), redelivered=False)
    error = row_of(beta, event).error or ""
    assert error.startswith("NotNullViolation")
    assert "parameters" not in error


def test_a_redelivered_event_is_put_down_before_it_is_touched(beta: Database) -> None:
    seen: list[str] = []

    def react(session: Session, event: Event) -> None:
        seen.append(row_of(beta, event).status)

    box = Inbox("beta", beta, {CHANGED: react}, AT_ONCE)
    event = event_of(Thing())
    box.receive(event.to_json(), redelivered=True)
    assert (row_of(beta, event).status, row_of(beta, event).attempts, seen) == ("retrying", 1, [])
    assert box.retry_one()
    assert seen == ["retrying"], "another transaction sees the try that is being made"
    assert (row_of(beta, event).status, row_of(beta, event).attempts) == ("done", 2)


def test_an_event_of_a_type_without_a_reaction_is_recorded(box: Inbox, beta: Database) -> None:
    event = event_of(Thing(), kind="alpha.plan.changed.v1")
    box.receive(event.to_json(), redelivered=False)
    assert inbox(beta) == {event.id: "ignored"}


def test_every_reaction_that_matches_is_made_in_one_transaction(beta: Database) -> None:
    reactions = {CHANGED: hear_of_thing("first"), "alpha.*.*.v1": hear_of_thing("second")}
    Inbox("beta", beta, reactions).receive(event_of(Thing()).to_json(), redelivered=False)
    assert (len(effects(beta, "first")), len(effects(beta, "second"))) == (1, 1)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\x00",
        b"null",
        b"[]",
        b'{"specversion": "1.0", "data": {}}',
        event_of(Thing()).to_json().replace(b"alpha.thing.changed.v1", b"alpha..changed"),
        event_of(Thing()).to_json().replace(b"alpha.thing.changed.v1", b"alpha.th\\u0000ng"),
        event_of(Thing()).to_json().replace(b'"alpha"', b'"\\ud800"'),
        event_of(Thing()).to_json().replace(b'"alpha"', b'["alpha"]'),
    ],
)
def test_what_is_no_event_is_kept_as_bytes_once(box: Inbox, beta: Database, body: bytes) -> None:
    for redelivered in (False, True):
        box.receive(body, redelivered=redelivered)
    with beta.transaction() as session:
        [row] = session.query(UnreadableRow).all()
        assert bytes(row.body) == body
        assert row.error
    assert inbox(beta) == {}


@pytest.mark.parametrize("poison", [b'"\\u0000"', b'"\\ud800"', b"NaN", b"1e400", b"1" * 4000])
def test_data_that_no_column_takes_is_retried_and_parked_like_any_failure(beta: Database, poison: bytes) -> None:
    def react(session: Session, event: Event) -> None:
        session.execute(text("SELECT cast(:text AS text)"), {"text": event.data["mood"]})
        raise Failed

    box = Inbox("beta", beta, {CHANGED: react}, AT_ONCE)
    event = event_of(Thing(mood="@"))
    box.receive(event.to_json().replace(b'"@"', poison), redelivered=False)
    while box.retry_one():
        pass
    assert row_of(beta, event).status == "parked"


def test_the_same_event_given_to_many_at_once_has_one_effect(box: Inbox, beta: Database) -> None:
    event, barrier = event_of(Thing()), Barrier(8)

    def receive() -> None:
        barrier.wait()
        box.receive(event.to_json(), redelivered=False)

    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(receive) for _ in range(8)]:
            future.result()
    assert effects(beta) == [event.id]


def test_an_event_that_a_frozen_process_holds_is_busy_and_comes_again(box: Inbox, beta: Database) -> None:
    """The other one's transaction is open: nothing can be said of the event yet, so nothing is acknowledged."""
    event = event_of(Thing())
    with beta.transaction() as frozen:
        frozen.add(InboxRow(consumer="beta", event_id=event.id, type=event.type, subject="", status="done"))
        frozen.flush()
        for redelivered in (False, True):
            with pytest.raises(Busy):
                box.receive(event.to_json(), redelivered=redelivered)
    box.receive(event.to_json(), redelivered=True)
    assert effects(beta) == [], "it was the other one's"


def test_two_workers_never_retry_one_event_at_once(beta: Database) -> None:
    running, most = [0], [0]

    def react(session: Session, event: Event) -> None:
        running[0] += 1
        most[0] = max(most[0], running[0])
        session.execute(text("SELECT pg_sleep(0.3)"))
        running[0] -= 1

    box = Inbox("beta", beta, {CHANGED: react}, AT_ONCE)
    box.receive(event_of(Thing()).to_json(), redelivered=True)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: box.retry_one(), range(4)))
    assert most == [1]


def test_when_the_database_is_away_the_message_is_not_taken(databases: Databases) -> None:
    nowhere = Database("postgresql+psycopg://postgres@127.0.0.1:1/nowhere", name="beta")
    box = Inbox("beta", nowhere, {CHANGED: hear_of_thing("beta")})
    for redelivered in (False, True):
        with pytest.raises(OperationalError):
            box.receive(event_of(Thing()).to_json(), redelivered=redelivered)
    nowhere.close()


def test_what_is_done_is_forgotten_after_six_weeks_and_what_is_parked_never(session: Session) -> None:
    old = datetime.now(UTC) - timedelta(days=43)
    for status in ("done", "ignored", "discarded", "retrying", "parked"):
        body = b"{}" if status in ("retrying", "parked") else None
        row = {"consumer": "beta", "type": "a.b", "subject": status, "status": status, "body": body}
        session.add(InboxRow(event_id=new_id(), done_at=old, **row))
        session.add(InboxRow(event_id=new_id(), done_at=old + timedelta(days=2), **row))
    assert received.prune(session) == 3
    left = session.query(InboxRow).all()
    assert len(left) == 7
    assert {"retrying", "parked"} <= {row.status for row in left if row.done_at == old}


def test_a_reaction_goes_on_in_the_trace_the_event_came_from(beta: Database) -> None:
    seen: list[str] = []

    def react(_session: Session, _event: Event) -> None:
        seen.append(format(trace.get_current_span().get_span_context().trace_id, "032x"))

    box = Inbox("beta", beta, {CHANGED: react})
    origin = os.urandom(16).hex()
    box.receive(event_of(Thing(), traceparent=f"00-{origin}-00f067aa0ba902b7-01").to_json(), redelivered=False)
    assert seen == [origin]


@pytest.fixture
def session(beta: Database) -> Iterator[Session]:
    with rolled_back(beta.url) as session:
        yield session


def test_the_loop_of_retries_needs_no_more_than_a_look_to_find_nothing(box: Inbox, beta: Database) -> None:
    assert not box.retry_one()
    wait_for(lambda: inbox(beta) == {})
