"""A letter waits here until the worker has handed it to the mail gateway; then its words are forgotten."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.storefront.domain.base import Base


class Letter(Base):
    """`reason` is what makes it unique: a notice's id, so that a repeated event writes no second letter."""

    __tablename__ = "letters"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(unique=True)
    recipient: Mapped[str]
    subject: Mapped[str]
    body: Mapped[str]
    written_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

    def sent(self, now: datetime) -> None:
        """Forget the words: they hold links that open an account."""
        self.sent_at = now
        self.body = ""
