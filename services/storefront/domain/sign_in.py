"""A sign-in on one browser: what the session cookie's claim is checked against, so that it can be ended here."""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.storefront.domain.base import Base

IDLE = timedelta(days=7)
LONGEST = timedelta(days=30)
# Staff see other people's orders: half an hour idle, one working day in all (OWASP ASVS 5.0, 7.3).
STAFF_IDLE = timedelta(minutes=30)
STAFF_LONGEST = timedelta(hours=12)
TOUCHED_EVERY = timedelta(minutes=1)


class SignIn(Base):
    """Times are real time, never the business clock's."""

    __tablename__ = "sign_ins"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    began_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    for_staff: Mapped[bool] = mapped_column(default=False)

    def holds(self, now: datetime) -> bool:
        idle, longest = (STAFF_IDLE, STAFF_LONGEST) if self.for_staff else (IDLE, LONGEST)
        return self.ended_at is None and now - self.last_seen_at <= idle and now - self.began_at <= longest

    def seen(self, now: datetime) -> None:
        """Note that the browser was here, at most once a minute, to spare the database."""
        if now - self.last_seen_at >= TOUCHED_EVERY:
            self.last_seen_at = now
