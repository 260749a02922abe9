"""Compose a buyer's copy of a file while it is sent: any range of it, in constant memory."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from services.catalog.domain.files import FileFormat, ProductFile
from services.catalog.domain.zip_copies import ReadRange, ZipCopy
from services.catalog.gateways.stored_files import open_stored
from shared.etag import etag_for
from shared.files.dictionaries import mark_copy
from shared.files.formats import Kind
from shared.files.safetensors import TracedCopy, read_header
from shared.storage import Store

CHUNK = 1024 * 1024
# A download manager asks for many ranges at once; the header is read and checked for the first of them.
KEPT_HEADERS = 4
# Grows when the same mark and file begin to give other bytes, so that no download is resumed across that.
COMPOSITION = 1


class Segments(Protocol):
    """A copy that can be read anywhere, given a way to read the original."""

    @property
    def size(self) -> int: ...

    def read(self, start: int, end: int, read_range: ReadRange, chunk: int = ...) -> Iterator[bytes]:
        """The copy's bytes [start, end), in pieces of at most `chunk`."""


@dataclass(frozen=True)
class Whole:
    """A copy small enough to be made as a whole: a dictionary."""

    content: bytes

    @property
    def size(self) -> int:
        return len(self.content)

    def read(self, start: int, end: int, read_range: ReadRange, chunk: int = CHUNK) -> Iterator[bytes]:  # noqa: ARG002
        """The copy's bytes [start, end); the original is not read again."""
        for position in range(start, min(end, self.size), chunk):
            yield self.content[position : min(position + chunk, end)]


@dataclass(frozen=True)
class ComposedCopy:
    """One buyer's bytes of one file: `size` in bytes, and a strong validator that is this copy's alone."""

    size: int
    etag: str
    media_type: str
    segments: Segments
    key: str
    store: Store

    def read(self, start: int, end: int) -> Iterator[bytes]:
        """The bytes [start, end); a piece is read from the store when it is asked for, and none is kept."""
        return self.segments.read(
            start, end, lambda offset, length: self.store.read_range(self.key, offset, length), CHUNK
        )


def compose_copy(store: Store, file: ProductFile, mark: Mapping[str, str]) -> ComposedCopy:
    """The copy of `file` that carries `mark`; the same file and mark are the same bytes, always.

    Reads the file's header or directory only (a dictionary, which is small, as a whole). Raises FileMissing
    when the store has lost the file.
    """
    if file.key is None or file.format is None:
        raise ValueError("only an inspected file can be delivered")
    etag = etag_for(COMPOSITION, file.sha256, *sorted(mark.items()))
    segments = _segments(store, file.key, file.format, file.size, mark)
    media_type = file.media_type or "application/octet-stream"
    return ComposedCopy(segments.size, etag, media_type, segments, file.key, store)


def _segments(store: Store, key: str, kind: FileFormat, size: int, mark: Mapping[str, str]) -> Segments:
    if kind is FileFormat.SAFETENSORS:
        return _model_copy(store, key, size, tuple(mark.items()))
    if kind is FileFormat.ZIP:
        with open_stored(store, key) as original:
            return ZipCopy(original, size, mark)
    return Whole(mark_copy(Kind(kind.value), store.read(key), mark))


@lru_cache(maxsize=KEPT_HEADERS)
def _model_copy(store: Store, key: str, size: int, mark: tuple[tuple[str, str], ...]) -> TracedCopy:
    with open_stored(store, key) as original:
        return TracedCopy(read_header(original, size), dict(mark))
