"""What stands in a service's tables, as gauges: how much waits, for how long, and what needs an operator."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from shared.database import SharedBase
from shared.messaging import metrics
from shared.messaging.outbox import OutboxRow
from shared.messaging.received import InboxRow, UnreadableRow
from shared.messaging.timers import TimerRow


def measure(session: Session, service: str) -> None:
    """Set the gauges of `service` from its database."""
    waited = func.extract("epoch", func.now() - func.min(OutboxRow.queued_at))
    waiting = select(func.count(), func.coalesce(waited, 0))
    count, oldest = session.execute(waiting.where(OutboxRow.published_at.is_(None))).one()
    metrics.OUTBOX.labels(service).set(count)
    metrics.OUTBOX_AGE.labels(service).set(max(0.0, float(oldest)))
    metrics.RETRYING.labels(service).set(_count(session, InboxRow, InboxRow.status == "retrying"))
    metrics.PARKED.labels(service, "events").set(_count(session, InboxRow, InboxRow.status == "parked"))
    metrics.PARKED.labels(service, "timers").set(_count(session, TimerRow, TimerRow.status == "parked"))
    metrics.PARKED.labels(service, "unreadable").set(_count(session, UnreadableRow))


def _count(session: Session, table: type[SharedBase], *where: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(table).where(*where)) or 0
