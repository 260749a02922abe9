"""What waits for an operator's judgement, why, and what was decided by whom."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.catalog.domain.base import Base, choice
from services.catalog.domain.products import Product
from services.catalog.domain.states import Moves
from shared.ids import new_id


class ReviewReason(StrEnum):
    LICENCE_UNKNOWN = "licence_unknown"
    KEYWORD = "keyword"
    TEXT_MODERATION = "text_moderation"
    PICTURE_MODERATION = "picture_moderation"
    DUPLICATE_FILE = "duplicate_file"
    MODERATION_UNAVAILABLE = "moderation_unavailable"


class ReviewState(StrEnum):
    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    CLOSED = "closed"


MOVES: Moves[ReviewState] = Moves(
    {ReviewState.OPEN: frozenset({ReviewState.APPROVED, ReviewState.REJECTED, ReviewState.CLOSED})}
)


class Review(Base):
    """A product has at most one open review; `reasons` is a list of {code, detail, subject_id, labels}."""

    __tablename__ = "reviews"
    __table_args__ = (
        Index("uq_reviews_open", "product_id", unique=True, postgresql_where=text("state = 'open'")),
        Index("ix_reviews_state_id", "state", "id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"))
    state: Mapped[ReviewState] = mapped_column(choice(ReviewState, "state"), default=ReviewState.OPEN)
    reasons: Mapped[list[Any]] = mapped_column(default=list)
    opened_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    decided_by: Mapped[UUID | None]
    note: Mapped[str] = mapped_column(default="")

    product: Mapped[Product] = relationship()

    def close(self, state: ReviewState, *, by: UUID | None, note: str, at: datetime) -> None:
        """Decide it once; raises MoveRefused for a review that was decided."""
        MOVES.check(self.state, state)
        self.state, self.decided_by, self.note, self.decided_at = state, by, note, at
