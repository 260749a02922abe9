"""What a consumer has received: events by id, so that each counts once, and what was no event, as bytes."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import CheckConstraint, CursorResult, Index, UniqueConstraint, delete, func, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.database import SharedBase
from shared.messaging.backoff import Backoff

KEPT = timedelta(days=42)  # a week longer than any outbox can replay


class InboxRow(SharedBase):
    """An event this consumer has received. The body is kept, as bytes, for as long as it is needed."""

    __tablename__ = "inbox"
    __table_args__ = (
        CheckConstraint("status IN ('done', 'ignored', 'retrying', 'parked', 'discarded')", name="status"),
        CheckConstraint("status NOT IN ('retrying', 'parked') OR body IS NOT NULL", name="body_kept"),
        Index("ix_inbox_retrying", "next_try_at", postgresql_where=text("status = 'retrying'")),
        Index("ix_inbox_parked", "received_at", postgresql_where=text("status = 'parked'")),
        Index("ix_inbox_done_at", "done_at"),
    )

    consumer: Mapped[str] = mapped_column(primary_key=True)
    event_id: Mapped[UUID] = mapped_column(primary_key=True)
    type: Mapped[str]
    subject: Mapped[str]
    status: Mapped[str]
    attempts: Mapped[int] = mapped_column(server_default="1")
    error: Mapped[str | None]
    body: Mapped[bytes | None]
    next_try_at: Mapped[datetime] = mapped_column(server_default=func.now())
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    done_at: Mapped[datetime | None]

    def finish(self, status: str) -> None:
        self.status, self.body, self.error = status, None, None
        self.done_at = func.now()

    def begin_try(self, backoff: Backoff) -> bool:
        """Count a try before it is made; False, and parked, when there is none left."""
        if backoff.is_over(self.attempts):
            self.status = "parked"
            self.error = self.error or "the process ended each time it was tried"
            return False
        self.attempts += 1
        self.next_try_at = func.now() + backoff.wait(self.attempts)
        return True

    def fail(self, error: Exception, backoff: Backoff) -> None:
        self.error = describe(error)
        if backoff.is_over(self.attempts):
            self.status = "parked"


class UnreadableRow(SharedBase):
    """A message that is no event, kept as the bytes that came."""

    __tablename__ = "unreadable"
    __table_args__ = (UniqueConstraint("consumer", "sha256"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    consumer: Mapped[str]
    sha256: Mapped[str]
    body: Mapped[bytes]
    error: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())


def prune(session: Session) -> int:
    """Forget what was done more than 42 days ago; what is parked stays until an operator decides."""
    settled = InboxRow.status.in_(["done", "ignored", "discarded"])
    result = session.execute(delete(InboxRow).where(settled, InboxRow.done_at < func.now() - KEPT))
    return result.rowcount if isinstance(result, CursorResult) else 0


def describe(error: Exception) -> str:
    """An error in a line or a few, without the parameters of a statement, which may be personal data."""
    told = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    return clean(f"{type(told).__name__}: {told}")


def clean(told: str) -> str:
    """Text that a column takes: no NUL, no half of a surrogate pair, at most 2,000 characters."""
    return told.replace("\0", "\\0").encode("utf-8", "backslashreplace").decode()[:2000]
