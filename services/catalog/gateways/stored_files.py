"""Files in the store as seekable readers, for the parsers of `shared.files`."""

import io
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast

from shared.storage import CHUNK, Store

ReadRange = Callable[[int, int], bytes]


@dataclass(frozen=True)
class Part:
    """Bytes [start, start + size) of a file, under a key of their own."""

    start: int
    size: int
    key: str


class RangeReader(io.RawIOBase):
    """A raw reader of `size` bytes that fetches ranges as they are asked for."""

    def __init__(self, size: int, read_range: ReadRange) -> None:
        self._size, self._read_range, self._position = size, read_range, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size}[whence]
        if base + offset < 0:
            raise ValueError("negative seek position")
        self._position = base + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer).cast("B")  # type: ignore[arg-type]  # any writable buffer
        count = max(0, min(len(view), self._size - self._position))
        data = self._read_range(self._position, count) if count else b""
        view[: len(data)] = data
        self._position += len(data)
        return len(data)


def open_stored(store: Store, key: str) -> BinaryIO:
    """A stored file as a seekable, buffered reader; raises FileMissing."""
    return _buffered(store.size(key), lambda start, count: store.read_range(key, start, count))


def open_parts(store: Store, parts: Sequence[Part]) -> BinaryIO:
    """Parts that follow each other without a hole, as one seekable, buffered reader."""
    starts = [part.start for part in parts]
    size = parts[-1].start + parts[-1].size if parts else 0

    def read_range(start: int, count: int) -> bytes:
        part = parts[bisect_right(starts, start) - 1]
        inside = start - part.start
        return store.read_range(part.key, inside, min(count, part.size - inside))

    return _buffered(size, read_range)


def stream_parts(store: Store, parts: Sequence[Part]) -> Iterator[bytes]:
    """The bytes of all parts in order, in chunks of a megabyte."""
    for part in parts:
        yield from store.stream(part.key, 0, part.size)


def _buffered(size: int, read_range: ReadRange) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(RangeReader(size, read_range), buffer_size=CHUNK))
