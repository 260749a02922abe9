"""The seller's word that they may sell: the sentences, and each time somebody affirmed them."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.catalog.domain.base import Base
from shared.ids import new_id

SENTENCES = Path(__file__).parent.parent / "data" / "affirmations.json"


@dataclass(frozen=True)
class Sentences:
    """One version of the words, in both languages."""

    version: str
    zh: str
    en: str

    def text(self, language: str) -> str:
        return self.zh if language == "zh" else self.en

    def sha256(self, language: str) -> str:
        return hashlib.sha256(self.text(language).encode()).hexdigest()


class Affirmation(Base):
    """Kept verbatim: who affirmed what, in which words and language, when, for which product and version."""

    __tablename__ = "affirmations"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"), index=True)
    version_id: Mapped[UUID | None] = mapped_column(ForeignKey("versions.id"))
    creator_id: Mapped[UUID]
    words_version: Mapped[str]
    language: Mapped[str]
    text: Mapped[str]
    sha256: Mapped[str]
    affirmed_at: Mapped[datetime]


@cache
def all_sentences() -> tuple[Sentences, ...]:
    """Every version of the words ever used, the present one last."""
    return tuple(Sentences(**entry) for entry in json.loads(SENTENCES.read_text(encoding="utf-8")))


def current_sentences() -> Sentences:
    return all_sentences()[-1]
