"""Runs timers that are due: each is claimed under a lease, so that many workers share them."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from threading import Lock
from time import monotonic
from uuid import UUID

import structlog
from opentelemetry import trace
from sqlalchemy import Delete, Update, delete, func, select, update

from shared.clock import Clock
from shared.database import Database
from shared.failpoints import failpoint
from shared.messaging import metrics
from shared.messaging.backoff import TIMERS, Backoff
from shared.messaging.received import describe
from shared.messaging.timers import Every, Handler, TimerRow, schedule
from shared.messaging.tracing import continuing

LEASE = timedelta(seconds=20)  # a crashed worker's timers run elsewhere after this
LONGEST_RUN = 600.0  # a handler that hangs longer loses its lease
log = structlog.get_logger()


class TimerRunner:
    """Calls handlers by kind, at least once a timer. One that fails is tried again later, and parked after
    its last try; a recurring one is never parked, it waits for its next turn."""

    def __init__(
        self,
        service: str,
        database: Database,
        clock: Clock,
        handlers: Mapping[str, Handler],
        every: Sequence[Every] = (),
        *,
        backoff: Backoff = TIMERS,
        lease: timedelta = LEASE,
    ) -> None:
        if missing := {recurring.kind for recurring in every} - set(handlers):
            raise ValueError(f"recurring timers without a handler: {sorted(missing)}")
        self._service = service
        self._database = database
        self._clock = clock
        self._handlers = handlers
        self._intervals = {recurring.kind: recurring.interval for recurring in every}
        self._backoff = backoff
        self._lease = lease
        self._running: dict[UUID, float] = {}
        self._lock = Lock()

    def schedule_recurring(self) -> None:
        """Make sure that each recurring timer stands."""
        with self._database.transaction() as session:
            for kind in self._intervals:
                schedule(session, kind, "every", self._clock.now())

    def run_one(self) -> bool:
        """Run the timer that is due longest; False when none is."""
        if (row := self._claim()) is None:
            return False
        if row.status == "parked":
            self._count(row, "parked")
            return True
        with self._lock:
            self._running[row.id] = monotonic()
        try:
            self._run(row)
        finally:
            with self._lock:
                self._running.pop(row.id, None)
        return True

    def renew_leases(self) -> None:
        """Keep what runs here from being taken over; called several times within a lease."""
        with self._lock:
            running = [id_ for id_, since in self._running.items() if monotonic() - since < LONGEST_RUN]
        if running:
            with self._database.transaction() as session:
                mine = update(TimerRow).where(TimerRow.id.in_(running), TimerRow.is_running)
                session.execute(mine.values(free_at=func.now() + self._lease))

    def _claim(self) -> TimerRow | None:
        due = (
            select(TimerRow)
            .where(TimerRow.status == "waiting", TimerRow.kind.in_(self._handlers))
            .where(TimerRow.due_at <= self._clock.now(), TimerRow.free_at <= func.now())
            .order_by(TimerRow.due_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with self._database.transaction() as session:
            row = session.scalar(due)
            if row is None:
                return None
            if self._backoff.is_over(row.attempts) and not self._recurs(row):
                # Tries are counted before they are made, so this one's last try ended its process.
                row.status, row.is_running = "parked", False
                row.error = row.error or "the process ended each time it was tried"
                return row
            row.attempts += 1
            row.is_running = True
            row.free_at = func.now() + self._lease
            session.flush()
            session.refresh(row)
            return row

    def _run(self, row: TimerRow) -> None:
        # A recurring timer would otherwise spin one trace for ever.
        origin = "" if self._recurs(row) else row.traceparent
        with continuing(origin, f"timer {row.kind}", {"huafang.timer.subject": row.subject}):
            try:
                self._handlers[row.kind](row.to_timer())
            except Exception as error:
                trace.get_current_span().record_exception(error)
                told = describe(error)
                traced = error if row.attempts == 1 else None
                log.warning("timer_failed", kind=row.kind, subject=row.subject, error=told, exc_info=traced)
                self._end_failed(row, told)
                return
        failpoint("timers.after-handler")
        self._end_run(row, self._next_turn(row, error=None) if self._recurs(row) else None)
        self._count(row, "done")

    def _end_failed(self, row: TimerRow, error: str) -> None:
        if not self._backoff.is_over(row.attempts):
            self._end_run(row, {"error": error, "free_at": func.now() + self._backoff.wait(row.attempts)})
            self._count(row, "failed")
        elif self._recurs(row):
            self._end_run(row, self._next_turn(row, error))
            self._count(row, "failed")
        else:
            self._end_run(row, {"error": error, "status": "parked"})
            self._count(row, "parked")

    def _end_run(self, row: TimerRow, values: dict[str, object] | None) -> None:
        """Change the timer, or remove it; if it was scheduled anew meanwhile, that stands and may run now."""
        own = TimerRow.id == row.id, TimerRow.generation == row.generation
        newer = TimerRow.id == row.id, TimerRow.generation != row.generation
        ended: Delete | Update = delete(TimerRow).where(*own)
        if values is not None:
            ended = update(TimerRow).where(*own).values({"is_running": False, "free_at": func.now(), **values})
        with self._database.transaction() as session:
            session.execute(ended)
            session.execute(update(TimerRow).where(*newer).values(is_running=False, free_at=func.now()))

    def _next_turn(self, row: TimerRow, error: str | None) -> dict[str, object]:
        return {"due_at": self._clock.now() + self._intervals[row.kind], "attempts": 0, "error": error}

    def _recurs(self, row: TimerRow) -> bool:
        return row.kind in self._intervals

    def _count(self, row: TimerRow, outcome: str) -> None:
        metrics.TIMERS.labels(self._service, row.kind, outcome).inc()
        if outcome == "parked":
            log.error("timer_parked", service=self._service, kind=row.kind, subject=row.subject)
