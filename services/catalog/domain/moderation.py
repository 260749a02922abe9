"""What a moderation provider said about a text or a picture, in neutral words, and its record."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.catalog.domain.base import Base, choice
from shared.ids import new_id


class Decision(StrEnum):
    PASS = "pass"  # noqa: S105 (a decision, not a password)
    REVIEW = "review"
    BLOCK = "block"


SEVERITY = {Decision.PASS: 0, Decision.REVIEW: 1, Decision.BLOCK: 2}


@dataclass(frozen=True)
class Label:
    """`score` is 0 to 1; `level` is the provider's own word for it."""

    code: str
    score: float
    level: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "score": self.score, "level": self.level}


@dataclass(frozen=True)
class Verdict:
    """A provider's answer; `raw` is what it sent, kept as evidence."""

    provider: str
    decision: Decision
    labels: tuple[Label, ...] = ()
    raw: dict[str, Any] = field(default_factory=dict)
    request_id: str = ""


def strictest(verdicts: list[Verdict]) -> Decision:
    """The most severe decision of all; pass where there is none."""
    return max((verdict.decision for verdict in verdicts), key=SEVERITY.__getitem__, default=Decision.PASS)


class ModerationCheck(Base):
    """One check of one subject; `digest` is of what was checked, so that the same is not checked twice."""

    __tablename__ = "moderation_checks"
    __table_args__ = (Index("ix_moderation_checks_subject_id_digest", "subject_id", "digest"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    subject_kind: Mapped[str]
    subject_id: Mapped[UUID]
    digest: Mapped[str]
    provider: Mapped[str]
    decision: Mapped[Decision] = mapped_column(choice(Decision, "decision"))
    labels: Mapped[list[Any]] = mapped_column(default=list)
    raw: Mapped[dict[str, Any]] = mapped_column(default=dict)
    request_id: Mapped[str] = mapped_column(default="")
    checked_at: Mapped[datetime]
