"""A buyer's own copy of a file, the links it is fetched by, and the log that says who fetched what."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.catalog.domain.base import Base, choice
from shared.ids import new_id

RESUMED_WITHIN = timedelta(hours=24)
MOST_RESUMPTIONS = 10


class Copy(Base):
    """The same bytes for ever: `mark` is what is written into it, kept as it was when the copy was first made.

    `used` of `allowed` downloads are spent; `opened_at` is the last counted one.
    """

    __tablename__ = "copies"
    __table_args__ = (
        UniqueConstraint("entitlement_id", "file_id"),
        CheckConstraint("used >= 0 AND allowed >= 0", name="downloads"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    entitlement_id: Mapped[UUID] = mapped_column(ForeignKey("entitlements.id"))
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id"), index=True)
    made_at: Mapped[datetime]
    mark: Mapped[dict[str, Any]]
    used: Mapped[int] = mapped_column(default=0)
    allowed: Mapped[int]
    opened_at: Mapped[datetime | None]

    def may_resume(self, now: datetime) -> bool:
        """True for a day after a counted download, so that a broken one can be finished by a new link."""
        return self.opened_at is not None and now - self.opened_at <= RESUMED_WITHIN


class DownloadLink(Base):
    """A link somebody was given. It counts once, at its first byte (`counted_at`)."""

    __tablename__ = "download_links"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    copy_id: Mapped[UUID] = mapped_column(ForeignKey("copies.id"), index=True)
    reader_id: Mapped[UUID]
    made_at: Mapped[datetime]
    counted_at: Mapped[datetime | None]


class AccessKind(StrEnum):
    """`ended` follows a `started` of the same request; it is missing where the process died."""

    LINK_GIVEN = "link_given"
    STARTED = "started"
    ENDED = "ended"
    REFUSED = "refused"


class AccessEntry(Base):
    """One line of the access log, kept as evidence: a trigger refuses to change or delete it.

    `first_byte` and `bytes` are of the copy. `bytes` of an `ended` line were handed to the connection, which
    is what a server can know; `complete` says that they were all that was asked for.
    """

    __tablename__ = "access_log"
    __table_args__ = (Index("ix_access_log_entitlement_id_id", "entitlement_id", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    at: Mapped[datetime]
    kind: Mapped[AccessKind] = mapped_column(choice(AccessKind, "kind"))
    entitlement_id: Mapped[UUID]
    file_id: Mapped[UUID]
    copy_id: Mapped[UUID | None]
    link_id: Mapped[UUID | None]
    person_id: Mapped[UUID]
    request_id: Mapped[str]
    address: Mapped[str]
    user_agent: Mapped[str]
    counted: Mapped[bool] = mapped_column(default=False)
    first_byte: Mapped[int | None] = mapped_column(BigInteger)
    bytes: Mapped[int | None] = mapped_column(BigInteger)
    complete: Mapped[bool | None]
    reason: Mapped[str] = mapped_column(default="")


@dataclass(frozen=True)
class Visit:
    """Who is at the door: the person, the request's id, its network address and browser."""

    person_id: UUID
    request_id: str
    address: str
    user_agent: str

    def entry(
        self,
        kind: AccessKind,
        now: datetime,
        *,
        entitlement_id: UUID,
        file_id: UUID,
        copy_id: UUID | None = None,
        link_id: UUID | None = None,
        reason: str = "",
    ) -> AccessEntry:
        """A line of the access log about this visit."""
        return AccessEntry(
            at=now,
            kind=kind,
            entitlement_id=entitlement_id,
            file_id=file_id,
            copy_id=copy_id,
            link_id=link_id,
            person_id=self.person_id,
            request_id=self.request_id,
            address=self.address,
            user_agent=self.user_agent[:300],
            reason=reason,
        )

    def entry_of(self, kind: AccessKind, now: datetime, copy: Copy, link_id: UUID) -> AccessEntry:
        """A line about this visit's use of a link to a copy."""
        return self.entry(
            kind,
            now,
            entitlement_id=copy.entitlement_id,
            file_id=copy.file_id,
            copy_id=copy.id,
            link_id=link_id,
        )
