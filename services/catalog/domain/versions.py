"""A version of a product: its change note, its files, and what it runs on."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.catalog.domain.base import Base, choice
from services.catalog.domain.files import FileState, ProductFile
from services.catalog.domain.states import Moves
from shared.ids import new_id

if TYPE_CHECKING:
    from services.catalog.domain.products import Product


class VersionState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    RELEASED = "released"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


MOVES: Moves[VersionState] = Moves(
    {
        VersionState.DRAFT: frozenset({VersionState.IN_REVIEW, VersionState.WITHDRAWN}),
        VersionState.IN_REVIEW: frozenset({VersionState.RELEASED, VersionState.REJECTED, VersionState.DRAFT}),
        VersionState.REJECTED: frozenset({VersionState.IN_REVIEW, VersionState.WITHDRAWN}),
        VersionState.RELEASED: frozenset({VersionState.WITHDRAWN}),
    }
)


class Version(Base):
    """`number` counts from 1 within a product; a released version's files never change again."""

    __tablename__ = "versions"
    __table_args__ = (
        UniqueConstraint("product_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"))
    number: Mapped[int]
    label: Mapped[str] = mapped_column(default="")
    note_zh: Mapped[str] = mapped_column(default="")
    note_en: Mapped[str] = mapped_column(default="")
    stated_base_model: Mapped[str | None]
    base_model: Mapped[str | None]
    base_family: Mapped[str | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[VersionState] = mapped_column(choice(VersionState, "state"), default=VersionState.DRAFT)
    created_at: Mapped[datetime]
    released_at: Mapped[datetime | None]

    product: Mapped["Product"] = relationship(foreign_keys=product_id, back_populates="versions")
    files: Mapped[list[ProductFile]] = relationship(order_by=ProductFile.id, back_populates="version")

    @property
    def ready_files(self) -> list[ProductFile]:
        return [file for file in self.files if file.state is FileState.READY]

    @property
    def is_open(self) -> bool:
        """True while its creator may still change its files and words."""
        return self.state in (VersionState.DRAFT, VersionState.REJECTED)

    def note(self, language: str) -> str:
        """The change note in `language`, or in the other one where only that was given."""
        wanted, other = (self.note_zh, self.note_en) if language == "zh" else (self.note_en, self.note_zh)
        return wanted or other

    def move(self, to: VersionState, at: datetime) -> None:
        """Change the state; raises MoveRefused."""
        MOVES.check(self.state, to)
        self.state = to
        if to is VersionState.RELEASED:
            self.released_at = at
