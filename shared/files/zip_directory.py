"""The directory at the end of a ZIP file, found as unpackers find it and bounded before it is read."""

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from shared.files.problems import FileRefused

DIRECTORY_LIMIT = 8 * 1024 * 1024
_END = b"PK\x05\x06"
_END64 = b"PK\x06\x06"
_ENTRY = b"PK\x01\x02"
_END_SIZE = 22
_COMMENT_LIMIT = 65_535


@dataclass(frozen=True)
class Directory:
    """Where the central directory lies, in bytes of the file, and how many entries it claims."""

    offset: int
    size: int
    entries: int
    is_zip64: bool = False


def find(file: BinaryIO, size: int) -> Directory | None:
    """The central directory of the file, or None where no unpacker would see a ZIP in it.

    The end record's signature alone happens by chance in gigabytes of weights; it counts only where a directory
    entry (or an empty directory) lies exactly in front of it.
    """
    tail_size = min(size, _END_SIZE + _COMMENT_LIMIT)
    file.seek(size - tail_size)
    tail = file.read(tail_size)
    position = len(tail)
    while (position := tail.rfind(_END, 0, position)) >= 0:
        directory = _at(file, size - tail_size + position, tail[position : position + _END_SIZE])
        if directory is not None:
            return directory
    return None


def names(file: BinaryIO, directory: Directory) -> Iterator[bytes]:
    """The raw names in the directory, in order; raises FileRefused where it is too long or damaged."""
    if directory.size > DIRECTORY_LIMIT:
        raise FileRefused("zip-bomb", "The ZIP file's directory is too long.")
    file.seek(directory.offset)
    data = file.read(directory.size)
    position = 0
    while data[position : position + 4] == _ENTRY:
        if position + 46 > len(data):
            raise FileRefused("zip-unreadable")
        name, extra, comment = struct.unpack_from("<HHH", data, position + 28)
        yield data[position + 46 : position + 46 + name]
        position += 46 + name + extra + comment


def _at(file: BinaryIO, end: int, record: bytes) -> Directory | None:
    if len(record) < _END_SIZE:
        return None
    entries, size = struct.unpack_from("<HI", record, 10)
    comment = struct.unpack_from("<H", record, 20)[0]
    remaining = file.seek(0, io.SEEK_END) - end - _END_SIZE
    # torch writes the ZIP64 records also where the plain numbers would do.
    found = _zip64(file, end)
    if found is not None:
        return found
    if size == 0:
        return Directory(end, 0, entries) if entries == 0 and comment == remaining else None
    start = end - size
    if start < 0:
        return None
    file.seek(start)
    return Directory(start, size, entries) if file.read(4) == _ENTRY else None


def _zip64(file: BinaryIO, end: int) -> Directory | None:
    # Locator (20 bytes) and ZIP64 record (56 bytes) stand right before the end record.
    if end < 76:
        return None
    file.seek(end - 76)
    record = file.read(56)
    if record[:4] != _END64:
        return None
    entries, size = struct.unpack_from("<QQ", record, 32)
    start = end - 76 - size
    if start < 0:
        return None
    file.seek(start)
    return Directory(start, size, entries, is_zip64=True) if file.read(4) == _ENTRY else None
