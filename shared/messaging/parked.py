"""What waits for an operator: parked events, messages that were no event, parked timers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from shared.database import Database
from shared.messaging.envelope import Event, Unreadable
from shared.messaging.inbox import Inbox
from shared.messaging.received import InboxRow, UnreadableRow
from shared.messaging.timers import TimerRow
from shared.messaging.wakeups import TIMERS, notify

Row = InboxRow | UnreadableRow | TimerRow


@dataclass(frozen=True)
class Parked:
    """`what` is event, unreadable or timer; `name` is the event's type or the timer's kind."""

    id: UUID
    what: str
    name: str
    subject: str
    attempts: int
    since: datetime
    error: str


class NotParked(LookupError):
    """Nothing that is parked has this id."""


def list_parked(session: Session) -> list[Parked]:
    """Everything that waits for an operator, the oldest first."""
    tables = (
        select(InboxRow).where(InboxRow.status == "parked"),
        select(UnreadableRow),
        select(TimerRow).where(TimerRow.status == "parked"),
    )
    found = [_parked(row) for table in tables for row in session.scalars(table)]
    return sorted(found, key=lambda parked: parked.since)


def show(session: Session, id_: UUID) -> str:
    """The whole of it: an event's or a message's text, or a timer's payload. Raises NotParked."""
    match _find(session, id_):
        case InboxRow(body=bytes(body)) | UnreadableRow(body=bytes(body)):
            return body.decode("utf-8", "backslashreplace")
        case TimerRow() as timer:
            return f"{timer.kind} {timer.subject} due {timer.due_at.isoformat()} {timer.payload}"
    raise NotParked(str(id_))


def replay(database: Database, inbox: Inbox, ids: Sequence[UUID]) -> None:
    """Have each tried anew, with all its tries. Raises NotParked, and Unreadable for what is no event still."""
    for id_ in ids:
        with database.transaction() as session:
            match _find(session, id_):
                case InboxRow() as event:
                    event.status, event.attempts, event.next_try_at = "retrying", 0, func.now()
                case TimerRow() as timer:
                    timer.status, timer.attempts, timer.free_at = "waiting", 0, func.now()
                    notify(session, TIMERS)
                case UnreadableRow() as message:
                    Event.from_json(message.body)
                    inbox.receive(message.body, redelivered=False)
                    session.delete(message)


def discard(session: Session, ids: Sequence[UUID]) -> None:
    """Give each up for good; an event stays known, so that it is not taken up again. Raises NotParked."""
    for id_ in ids:
        match _find(session, id_):
            case InboxRow() as event:
                event.finish("discarded")
            case row:
                session.delete(row)


def _parked(row: Row) -> Parked:
    match row:
        case InboxRow():
            return Parked(row.event_id, "event", row.type, row.subject, row.attempts, row.received_at, row.error or "")
        case TimerRow():
            return Parked(row.id, "timer", row.kind, row.subject, row.attempts, row.created_at, row.error or "")
        case UnreadableRow():
            return Parked(row.id, "unreadable", "", row.sha256, 1, row.received_at, row.error)


def _find(session: Session, id_: UUID) -> Row:
    found = (
        session.scalar(select(InboxRow).where(InboxRow.event_id == id_, InboxRow.status == "parked"))
        or session.get(UnreadableRow, id_)
        or session.scalar(select(TimerRow).where(TimerRow.id == id_, TimerRow.status == "parked"))
    )
    if found is None:
        raise NotParked(f"nothing parked has the id {id_}")
    return found


__all__ = ["NotParked", "Parked", "Unreadable", "discard", "list_parked", "replay", "show"]
