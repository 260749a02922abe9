"""News for those who own something: told once to each, in batches, however often the telling is broken off."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.catalog.domain.base import Base
from shared.ids import new_id


class Announcement(Base):
    """What is told to the holders of `product_id`. `told_to` is the last person told, in the order of their ids;
    `until` is the moment before which they must have bought it."""

    __tablename__ = "announcements"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"), index=True)
    topic: Mapped[str]
    facts: Mapped[dict[str, Any]]
    until: Mapped[datetime]
    told_to: Mapped[UUID | None]
    count: Mapped[int] = mapped_column(default=0)
    done_at: Mapped[datetime | None]
