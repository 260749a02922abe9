"""A product's picture: the original kept privately, the labelled variants everybody sees."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.catalog.domain.base import Base, choice
from services.catalog.domain.states import Moves
from shared.ids import new_id


class PictureState(StrEnum):
    """`held` waits for an operator; only `ready` is shown."""

    RECEIVED = "received"
    PROCESSING = "processing"
    READY = "ready"
    HELD = "held"
    REFUSED = "refused"
    REMOVED = "removed"


class LabelLevel(StrEnum):
    """How sure it is that a picture is AI-made (标识办法 art. 6): 属于, 可能, 疑似; `none`: nothing says so."""

    IS = "1"
    MAY_BE = "2"
    SUSPECTED = "3"
    NONE = "none"


MOVES: Moves[PictureState] = Moves(
    {
        PictureState.RECEIVED: frozenset({PictureState.PROCESSING, PictureState.REFUSED, PictureState.REMOVED}),
        PictureState.PROCESSING: frozenset(
            {
                PictureState.PROCESSING,
                PictureState.READY,
                PictureState.HELD,
                PictureState.REFUSED,
                PictureState.REMOVED,
            }
        ),
        PictureState.HELD: frozenset({PictureState.READY, PictureState.REFUSED, PictureState.REMOVED}),
        PictureState.READY: frozenset({PictureState.HELD, PictureState.REMOVED}),
        PictureState.REFUSED: frozenset({PictureState.REMOVED}),
    }
)


class Picture(Base):
    """`variants` maps a name (card, large) to {key, width, height, size, sha256}; `placeholder` is a data URI.
    `generation` is the published form of the generation parameters, without private paths."""

    __tablename__ = "pictures"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"), index=True)
    upload_id: Mapped[UUID | None] = mapped_column(unique=True)
    position: Mapped[int] = mapped_column(default=0)
    state: Mapped[PictureState] = mapped_column(choice(PictureState, "state"), default=PictureState.RECEIVED)
    problem: Mapped[str | None]
    problem_detail: Mapped[str | None]
    declared_ai: Mapped[bool] = mapped_column(default=True)
    label_level: Mapped[LabelLevel] = mapped_column(choice(LabelLevel, "label_level"), default=LabelLevel.NONE)
    label: Mapped[dict[str, Any]] = mapped_column(default=dict)
    generation: Mapped[dict[str, Any]] = mapped_column(default=dict)
    original_key: Mapped[str | None]
    original_sha256: Mapped[str | None] = mapped_column(index=True)
    media_type: Mapped[str | None]
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    width: Mapped[int | None]
    height: Mapped[int | None]
    variants: Mapped[dict[str, Any]] = mapped_column(default=dict)
    placeholder: Mapped[str] = mapped_column(default="")
    alt_zh: Mapped[str] = mapped_column(default="")
    alt_en: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    processed_at: Mapped[datetime | None]

    def move(self, to: PictureState) -> None:
        """Change the state; raises MoveRefused."""
        MOVES.check(self.state, to)
        self.state = to

    def refuse(self, problem: str, detail: str, at: datetime) -> None:
        """Close the check with the problem's slug; nothing of the picture is kept."""
        self.move(PictureState.REFUSED)
        self.problem, self.problem_detail, self.processed_at = problem, detail, at
