"""Timers: due by the business clock, run at least once, retried, parked, shared by many workers."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Event as Flag
from typing import Any

import pytest
from sqlalchemy import select, text, update

from shared.clock import MovableClock
from shared.database import Database
from shared.messaging.backoff import Backoff
from shared.messaging.timer_runner import TimerRunner
from shared.messaging.timers import Every, Timer, TimerRow, cancel, schedule
from tests.waiting import wait_for

AT_ONCE = Backoff(tries=3, first=timedelta(), longest=timedelta())
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


class Handler:
    """Notes its timers; fails while `failures` are left."""

    def __init__(self) -> None:
        self.seen: list[Timer] = []
        self.failures = 0
        self.then: Callable[[Timer], None] = lambda _timer: None

    def __call__(self, timer: Timer) -> None:
        self.seen.append(timer)
        self.then(timer)
        if self.failures:
            self.failures -= 1
            raise RuntimeError("a sample failure")


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def handler() -> Handler:
    return Handler()


@pytest.fixture
def runner(alpha: Database, clock: MovableClock, handler: Handler) -> TimerRunner:
    return TimerRunner("alpha", alpha, clock, {"ring": handler}, backoff=AT_ONCE)


@pytest.fixture
def ring(alpha: Database, clock: MovableClock) -> Callable[..., None]:
    def scheduled(subject: str = "one", after: timedelta = timedelta(), **more: Any) -> None:
        with alpha.transaction() as session:
            schedule(session, "ring", subject, clock.now() + after, **more)

    return scheduled


def rows(database: Database) -> list[TimerRow]:
    with database.transaction() as session:
        return list(session.scalars(select(TimerRow).order_by(TimerRow.subject)))


def run_all(runner: TimerRunner) -> int:
    count = 0
    while runner.run_one():
        count += 1
    return count


def test_a_timer_runs_once_its_moment_has_come_by_the_business_clock(
    runner: TimerRunner, ring: Callable[..., None], handler: Handler, clock: MovableClock, alpha: Database
) -> None:
    ring(after=HOUR, payload={"why": "because"})
    assert run_all(runner) == 0
    clock.advance(HOUR)
    assert run_all(runner) == 1
    [timer] = handler.seen
    assert (timer.kind, timer.subject, timer.payload, timer.attempts) == ("ring", "one", {"why": "because"}, 1)
    assert rows(alpha) == []


def test_scheduling_the_same_again_moves_nothing_unless_told_to(
    runner: TimerRunner, ring: Callable[..., None], alpha: Database, clock: MovableClock
) -> None:
    ring(after=HOUR)
    [first] = rows(alpha)
    ring(after=timedelta())
    assert [row.due_at for row in rows(alpha)] == [first.due_at]
    ring(after=2 * HOUR, replace=True)
    assert rows(alpha)[0].due_at > first.due_at
    assert run_all(runner) == 0


def test_a_timer_scheduled_while_it_runs_runs_once_more_and_not_beside_itself(
    runner: TimerRunner, ring: Callable[..., None], handler: Handler, alpha: Database
) -> None:
    def meanwhile(_timer: Timer) -> None:
        handler.then = lambda _timer: None
        ring()
        assert not runner.run_one(), "the first run is not over"

    handler.then = meanwhile
    ring()
    assert run_all(runner) == 2
    assert rows(alpha) == []


def test_a_handler_may_put_itself_off(
    runner: TimerRunner, ring: Callable[..., None], handler: Handler, clock: MovableClock
) -> None:
    def later(_timer: Timer) -> None:
        handler.then = lambda _timer: None
        ring(after=HOUR, replace=True)

    handler.then = later
    ring()
    assert run_all(runner) == 1
    clock.advance(HOUR)
    assert run_all(runner) == 1


def test_a_cancelled_timer_does_not_run(runner: TimerRunner, ring: Callable[..., None], alpha: Database) -> None:
    ring()
    with alpha.transaction() as session:
        assert cancel(session, "ring", "one")
        assert not cancel(session, "ring", "one")
    assert run_all(runner) == 0


def test_a_timer_of_a_transaction_that_is_rolled_back_never_was(
    runner: TimerRunner, alpha: Database, clock: MovableClock
) -> None:
    with alpha.transaction() as session:
        schedule(session, "ring", "one", clock.now())
        session.rollback()
    assert rows(alpha) == []
    assert run_all(runner) == 0


def test_a_timer_that_fails_is_tried_again_and_parked_in_the_end(
    runner: TimerRunner, ring: Callable[..., None], handler: Handler, alpha: Database
) -> None:
    handler.failures = 2
    ring("recovers")
    assert run_all(runner) == 3
    assert [timer.attempts for timer in handler.seen] == [1, 2, 3]
    handler.failures = 99
    ring("never")
    assert run_all(runner) == 3
    [parked] = rows(alpha)
    assert (parked.status, parked.attempts, parked.error) == ("parked", 3, "RuntimeError: a sample failure")


def test_a_parked_timer_is_revived_by_replacing_it(
    runner: TimerRunner, ring: Callable[..., None], handler: Handler, alpha: Database
) -> None:
    handler.failures = 3
    ring()
    run_all(runner)
    ring()
    assert run_all(runner) == 0
    ring(replace=True)
    assert run_all(runner) == 1
    assert rows(alpha) == []


def test_the_waits_between_tries_grow_to_half_an_hour(
    alpha: Database, clock: MovableClock, handler: Handler, ring: Callable[..., None]
) -> None:
    runner = TimerRunner("alpha", alpha, clock, {"ring": handler})
    handler.failures = 99
    ring()
    waits = []
    while runner.run_one():
        with alpha.transaction() as session:
            waited = session.scalar(text("SELECT extract(epoch FROM free_at - now()) FROM timers"))
            waits.append(round(waited))
            session.execute(update(TimerRow).values(free_at=text("now()")))
    assert waits[:8] == [2, 6, 18, 54, 162, 486, 1458, 1800]
    assert len(waits) == 12
    assert rows(alpha)[0].status == "parked"


def test_a_recurring_timer_comes_again_after_its_interval_even_when_it_fails(
    alpha: Database, clock: MovableClock, handler: Handler
) -> None:
    runner = TimerRunner("alpha", alpha, clock, {"ring": handler}, [Every("ring", HOUR)], backoff=AT_ONCE)
    for _ in range(2):
        runner.schedule_recurring()
    assert run_all(runner) == 1
    clock.advance(HOUR + MINUTE)
    handler.failures = 99
    assert run_all(runner) == 3
    assert rows(alpha)[0].status == "waiting"
    handler.failures = 0
    clock.advance(HOUR + MINUTE)
    assert run_all(runner) == 1


def test_a_recurring_timer_without_a_handler_is_refused(alpha: Database, clock: MovableClock) -> None:
    with pytest.raises(ValueError, match="without a handler"):
        TimerRunner("alpha", alpha, clock, {}, [Every("ring", HOUR)])


def test_a_timer_without_a_handler_waits_for_a_worker_that_has_one(
    alpha: Database, clock: MovableClock, runner: TimerRunner, ring: Callable[..., None]
) -> None:
    ring()
    assert run_all(TimerRunner("alpha", alpha, clock, {"other": lambda _timer: None})) == 0
    assert run_all(runner) == 1


def test_many_workers_share_the_timers_and_run_each_once(
    alpha: Database, clock: MovableClock, handler: Handler, ring: Callable[..., None]
) -> None:
    for number in range(60):
        ring(f"{number:02}")
    runners = [TimerRunner("alpha", alpha, clock, {"ring": handler}) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(run_all, runners)) == 60
    assert set(Counter(timer.subject for timer in handler.seen).values()) == {1}


def test_a_timer_whose_worker_died_runs_elsewhere_once_its_lease_is_over(
    alpha: Database, clock: MovableClock, handler: Handler, ring: Callable[..., None]
) -> None:
    lease = timedelta(seconds=1)
    dead = TimerRunner("alpha", alpha, clock, {"ring": handler}, lease=lease)
    ring()
    dead._claim()
    living = TimerRunner("alpha", alpha, clock, {"ring": handler}, lease=lease)
    assert not living.run_one()
    wait_for(living.run_one, "taken over", seconds=5)
    assert [timer.attempts for timer in handler.seen] == [2]


def test_a_long_run_keeps_its_lease(
    alpha: Database, clock: MovableClock, handler: Handler, ring: Callable[..., None]
) -> None:
    lease = timedelta(seconds=1)
    over = Flag()
    handler.then = lambda _timer: over.wait(10) and None
    runner = TimerRunner("alpha", alpha, clock, {"ring": handler}, lease=lease)
    other = TimerRunner("alpha", alpha, clock, {"ring": handler}, lease=lease)
    ring()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(runner.run_one)
        wait_for(lambda: handler.seen, "running")
        for _ in range(30):
            runner.renew_leases()
            assert not other.run_one()
            assert not over.wait(0.05)
        over.set()
        assert running.result(5)
    assert len(handler.seen) == 1


def test_a_timer_that_kills_its_process_is_parked(
    alpha: Database, clock: MovableClock, handler: Handler, ring: Callable[..., None]
) -> None:
    runner = TimerRunner("alpha", alpha, clock, {"ring": handler}, backoff=AT_ONCE, lease=timedelta())
    ring()
    for _ in range(3):
        runner._claim()
    assert run_all(runner) == 1
    assert handler.seen == []
    assert rows(alpha)[0].status == "parked"
