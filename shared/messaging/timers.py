"""Timers: what a service does later, or after its answer, as rows in its database.

A timer is due by the business clock, so that deadlines can be moved in tests and in the demo; leases and
retries run by real time.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    CursorResult,
    Index,
    UniqueConstraint,
    case,
    delete,
    func,
    literal,
    or_,
    text,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.database import SharedBase
from shared.ids import new_id
from shared.messaging.tracing import sending
from shared.messaging.wakeups import TIMERS, notify


@dataclass(frozen=True)
class Timer:
    """A timer that has come due. `attempts` counts this try."""

    kind: str
    subject: str
    due_at: datetime
    payload: dict[str, Any] = field(default_factory=dict)
    attempts: int = 1


Handler = Callable[[Timer], None]


@dataclass(frozen=True)
class Every:
    """A timer of this kind that comes due again and again, `interval` after each run."""

    kind: str
    interval: timedelta


class TimerRow(SharedBase):
    """A timer that waits, runs or is parked. `generation` counts its schedules, so that a run which was overtaken
    by a new one does not remove it; no worker takes it before `free_at` (real time)."""

    __tablename__ = "timers"
    __table_args__ = (
        UniqueConstraint("kind", "subject"),
        CheckConstraint("status IN ('waiting', 'parked')", name="status"),
        Index("ix_timers_due_at", "due_at", postgresql_where=text("status = 'waiting'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    due_at: Mapped[datetime]
    payload: Mapped[dict[str, Any]]
    traceparent: Mapped[str]
    generation: Mapped[int] = mapped_column(server_default="1")
    status: Mapped[str] = mapped_column(server_default="waiting")
    attempts: Mapped[int] = mapped_column(server_default="0")
    error: Mapped[str | None]
    free_at: Mapped[datetime] = mapped_column(server_default=func.now())
    is_running: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    def to_timer(self) -> Timer:
        return Timer(self.kind, self.subject, self.due_at, self.payload, self.attempts)


def schedule(
    session: Session,
    kind: str,
    subject: str | UUID,
    due_at: datetime,
    payload: dict[str, Any] | None = None,
    *,
    replace: bool = False,
) -> None:
    """Have the handler of `kind` called once `due_at` (business time) has come, if the transaction commits.

    One timer stands for a kind and subject. Scheduling it again moves nothing, unless `replace` is set or it
    is being run at this moment: that run may not have seen what this one is for, so it runs once more, after it.
    """
    with sending(f"schedule {kind}", {"huafang.timer.subject": str(subject)}) as traceparent:
        row = insert(TimerRow).values(
            id=new_id(),
            kind=kind,
            subject=str(subject),
            due_at=due_at,
            payload=payload or {},
            traceparent=traceparent,
        )
    new = row.excluded
    anew = row.on_conflict_do_update(
        index_elements=["kind", "subject"],
        set_={
            "due_at": new.due_at,
            "payload": new.payload,
            "traceparent": new.traceparent,
            "generation": TimerRow.generation + 1,
            "status": "waiting",
            "attempts": 0,
            "error": None,
            "free_at": case((TimerRow.is_running, TimerRow.free_at), else_=func.now()),
        },
        where=or_(literal(replace), TimerRow.is_running),
    )
    session.execute(anew)
    notify(session, TIMERS)


def cancel(session: Session, kind: str, subject: str | UUID) -> bool:
    """Remove a timer; False when there was none. A run that has begun is not stopped by it."""
    gone = delete(TimerRow).where(TimerRow.kind == kind, TimerRow.subject == str(subject))
    result = session.execute(gone)
    return isinstance(result, CursorResult) and result.rowcount > 0
