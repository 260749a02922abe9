"""A file of a version: where it lies, what its inspection found, and the hashes it is known by."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.catalog.domain.base import Base, choice
from services.catalog.domain.states import Moves
from shared.ids import new_id

if TYPE_CHECKING:
    from services.catalog.domain.versions import Version


class FileState(StrEnum):
    RECEIVED = "received"
    INSPECTING = "inspecting"
    READY = "ready"
    REFUSED = "refused"


class FileFormat(StrEnum):
    SAFETENSORS = "safetensors"
    ZIP = "zip"
    CSV = "csv"
    JSON = "json"
    MARKDOWN = "markdown"
    PDF = "pdf"


MOVES: Moves[FileState] = Moves(
    {
        FileState.RECEIVED: frozenset({FileState.INSPECTING, FileState.REFUSED}),
        FileState.INSPECTING: frozenset({FileState.INSPECTING, FileState.READY, FileState.REFUSED}),
    }
)


class ProductFile(Base):
    """`sha256` (whole file) and `body_sha256` (a safetensors file without its header) are lower-case hex, the Auto
    forms upper-case as they are shown. `metadata_shown` is the header's metadata with private names masked."""

    __tablename__ = "files"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    version_id: Mapped[UUID] = mapped_column(ForeignKey("versions.id"), index=True)
    creator_id: Mapped[UUID] = mapped_column(index=True)
    upload_id: Mapped[UUID | None] = mapped_column(unique=True)
    name: Mapped[str]
    state: Mapped[FileState] = mapped_column(choice(FileState, "state"), default=FileState.RECEIVED)
    problem: Mapped[str | None]
    problem_detail: Mapped[str | None]
    size: Mapped[int] = mapped_column(BigInteger)
    inspected_bytes: Mapped[int] = mapped_column(BigInteger, default=0)
    format: Mapped[FileFormat | None] = mapped_column(choice(FileFormat, "format"))
    media_type: Mapped[str | None]
    key: Mapped[str | None]
    sha256: Mapped[str | None] = mapped_column(index=True)
    autov1: Mapped[str | None] = mapped_column(index=True)
    autov2: Mapped[str | None] = mapped_column(index=True)
    autov3: Mapped[str | None] = mapped_column(index=True)
    body_sha256: Mapped[str | None] = mapped_column(index=True)
    header_size: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    metadata_shown: Mapped[dict[str, Any]] = mapped_column(default=dict)
    preview: Mapped[dict[str, Any]] = mapped_column(default=dict)
    warnings: Mapped[list[Any]] = mapped_column(default=list)
    created_at: Mapped[datetime]
    inspected_at: Mapped[datetime | None]

    version: Mapped["Version"] = relationship(back_populates="files")

    def move(self, to: FileState) -> None:
        """Change the state; raises MoveRefused."""
        MOVES.check(self.state, to)
        self.state = to

    def refuse(self, problem: str, detail: str, at: datetime) -> None:
        """Close the inspection with the problem's slug; nothing of the file is kept."""
        self.move(FileState.REFUSED)
        self.problem, self.problem_detail, self.inspected_at, self.key = problem, detail, at, None
