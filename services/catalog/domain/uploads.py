"""An upload in parts (tus 1.0.0): how much arrived, until when it is kept."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.catalog.domain.base import Base, choice
from shared.ids import new_id


class UploadPurpose(StrEnum):
    """What the bytes are for; it sets the largest size and who may send them."""

    FILE = "file"
    PICTURE = "picture"
    TRACE = "trace"


class UploadState(StrEnum):
    OPEN = "open"
    COMPLETE = "complete"
    TAKEN = "taken"


class Upload(Base):
    """`size` bytes are announced, `received` have arrived; TAKEN once a use case has made something of it."""

    __tablename__ = "uploads"
    __table_args__ = (
        CheckConstraint("size > 0", name="size_positive"),
        CheckConstraint("received >= 0 AND received <= size", name="received_within_size"),
        CheckConstraint("(state = 'open') = (received < size)", name="complete_when_all_is_there"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    creator_id: Mapped[UUID] = mapped_column(index=True)
    purpose: Mapped[UploadPurpose] = mapped_column(choice(UploadPurpose, "purpose"))
    filename: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    received: Mapped[int] = mapped_column(BigInteger, default=0)
    state: Mapped[UploadState] = mapped_column(choice(UploadState, "state"), default=UploadState.OPEN)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)

    parts: Mapped[list["UploadPart"]] = relationship(
        order_by="UploadPart.start", cascade="all, delete-orphan", passive_deletes=True
    )


class UploadPart(Base):
    """Bytes [start, start + size) of an upload, under a key of their own in the store."""

    __tablename__ = "upload_parts"
    __table_args__ = (CheckConstraint("size > 0", name="size_positive"),)

    upload_id: Mapped[UUID] = mapped_column(ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True)
    start: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str] = mapped_column(unique=True)
