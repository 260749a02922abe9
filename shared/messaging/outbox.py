"""The outbox: events are written in the transaction of the change they tell of, and published after it.

This table, not the broker, is the record. Rows are kept 35 days, and `replay` fills an empty broker again.
"""

from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import CursorResult, Index, delete, func, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.contracts import Contract
from shared.database import SharedBase
from shared.ids import new_id
from shared.messaging.envelope import Event
from shared.messaging.tracing import sending
from shared.messaging.wakeups import OUTBOX, notify

KEPT = timedelta(days=35)
Body = TypeVar("Body")


class OutboxRow(SharedBase):
    """An event to publish. Moments here are real time; `queued_at` is when it was last put in line."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_unpublished", "id", postgresql_where=text("published_at IS NULL")),
        Index("ix_outbox_created_at", "created_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    type: Mapped[str]
    subject: Mapped[str]
    envelope: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    queued_at: Mapped[datetime] = mapped_column(server_default=func.now())
    published_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_try_at: Mapped[datetime] = mapped_column(server_default=func.now())
    error: Mapped[str | None]


def emit(
    session: Session, source: str, contract: Contract[Body], body: Body, *, subject: str | UUID, now: datetime
) -> Event:
    """Write an event into the caller's transaction; it is published if and only if that commits.

    `source` is the service's name, `now` the business time it tells of. Raises marshmallow.ValidationError
    for a body that breaks its contract and Unreadable for one that no consumer could read.
    """
    kind = f"{source}.{contract.name}"
    with sending(f"emit {kind}", {"messaging.destination.name": kind}) as traceparent:
        event = Event(new_id(), kind, source, str(subject), now, contract.dump(body), traceparent)
        Event.from_json(event.to_json())
        session.add(OutboxRow(id=event.id, type=kind, subject=event.subject, envelope=event.to_dict()))
        notify(session, OUTBOX)
    return event


def replay(session: Session, since: datetime) -> int:
    """Queue every kept event made since then (real time) once more; inboxes drop what they know.

    Returns how many were queued anew.
    """
    session.execute(text("SET LOCAL statement_timeout = '10min'"))
    # Unpublished rows as well: they may have been sent, and killed a consumer, before they could be marked.
    again = update(OutboxRow).where(OutboxRow.created_at >= since)
    result = session.execute(
        again.values(published_at=None, attempts=0, queued_at=func.now(), next_try_at=func.now(), error=None)
    )
    notify(session, OUTBOX)
    return result.rowcount if isinstance(result, CursorResult) else 0


def prune(session: Session) -> int:
    """Forget published events older than 35 days; unpublished ones stay for ever."""
    old = delete(OutboxRow).where(OutboxRow.published_at.is_not(None), OutboxRow.created_at < func.now() - KEPT)
    result = session.execute(old)
    return result.rowcount if isinstance(result, CursorResult) else 0
