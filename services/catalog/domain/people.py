"""The few facts catalog keeps about people, from `person.changed`: who a creator is to the public."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from services.catalog.domain.base import Base


class Person(Base):
    """`version` is storefront's; an older event that arrives late is dropped by it."""

    __tablename__ = "people"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    display_name: Mapped[str] = mapped_column(default="")
    language: Mapped[str] = mapped_column(default="zh")
    erased_at: Mapped[datetime | None]
