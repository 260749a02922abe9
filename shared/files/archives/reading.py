"""Unpacking a stranger's ZIP: everything its directory claims is checked first, and what comes out is counted."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from shared.files import zip_directory
from shared.files.archives.names import check_distinct, checked_name, decoded_name, is_junk
from shared.files.problems import FileRefused

CHUNK = 1024 * 1024
_MIB = 1024 * 1024
_UTF8, _ENCRYPTED, _STRONGLY_ENCRYPTED = 0x800, 0x1, 0x40
_ARCHIVES = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"Rar!\x1a",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"BZh",
    b"\xfd7zXZ",
    b"\x28\xb5\x2f\xfd",
)
_DAMAGE = (
    zipfile.BadZipFile,
    NotImplementedError,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,
    OverflowError,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True)
class ArchiveLimits:
    """`ratio` is unpacked to packed bytes; what unpacks to less than `ratio_from` bytes may pass it."""

    members: int = 1000
    member: int = 4 * 1024 * _MIB
    total: int = 8 * 1024 * _MIB
    ratio: int = 100
    ratio_from: int = _MIB


DEFAULT_LIMITS = ArchiveLimits()


@dataclass(frozen=True)
class Member:
    """A file in the archive under its checked name; `size` is what it unpacks to."""

    name: str
    size: int
    index: int


class Archive:
    """A checked archive; `members` are its files, in its order, without folders and desktop leftovers."""

    def __init__(self, opened: zipfile.ZipFile, members: tuple[Member, ...]) -> None:
        self._zip = opened
        self.members = members

    def stream(self, member: Member, chunk: int = CHUNK) -> Iterator[bytes]:
        """The member's bytes in pieces, never more than its size; raises FileRefused where they are damaged."""
        with _refusing_damage(), self._zip.open(self._zip.infolist()[member.index]) as file:
            total = 0
            while piece := file.read(chunk):
                total += len(piece)
                if total > member.size:
                    raise FileRefused("zip-bomb")
                yield piece
            if total != member.size:
                raise FileRefused("zip-unreadable", f"{member.name[:80]!a} is shorter than it claims.")

    def read(self, member: Member, limit: int) -> bytes:
        """A small member whole; raises FileRefused (file-too-large) beyond `limit` bytes."""
        if member.size > limit:
            raise FileRefused("file-too-large", f"{member.name[:80]!a} is larger than {limit} bytes.")
        return b"".join(self.stream(member))


def open_archive(file: BinaryIO, limits: ArchiveLimits = DEFAULT_LIMITS) -> Archive:
    """The archive, if it is safe to unpack; `file` must stay open while it is read.

    Raises FileRefused: too many or too large files, packed too densely, overlapping, links, encrypted, names that
    lead out or stand twice, archives in the archive, damage. Nothing is unpacked but each file's first bytes.
    """
    size = file.seek(0, io.SEEK_END)
    _check_directory(file, size, limits)
    with _refusing_damage():
        opened = zipfile.ZipFile(file)
        entries = opened.infolist()
        names = [checked_name(decoded_name(entry.orig_filename, bool(entry.flag_bits & _UTF8))) for entry in entries]
        for entry in entries:
            _check_entry(entry, limits)
        _check_sums(entries, size, limits)
        files = [
            Member(name, entry.file_size, index)
            for index, (name, entry) in enumerate(zip(names, entries, strict=True))
            if not name.endswith("/") and not is_junk(name)
        ]
        check_distinct(member.name for member in files)
        for member in files:
            _check_start(opened, entries[member.index], member.name)
    return Archive(opened, tuple(files))


def _check_directory(file: BinaryIO, size: int, limits: ArchiveLimits) -> None:
    directory = zip_directory.find(file, size)
    file.seek(0)
    if directory is None or file.read(2) != b"PK":
        raise FileRefused("zip-unreadable")
    count = sum(1 for _ in zip_directory.names(file, directory))
    if count > limits.members:
        raise FileRefused("zip-bomb", f"The ZIP file holds {count} files; {limits.members} is the most.")


def _check_entry(entry: zipfile.ZipInfo, limits: ArchiveLimits) -> None:
    if entry.flag_bits & (_ENCRYPTED | _STRONGLY_ENCRYPTED):
        raise FileRefused("zip-encrypted")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise FileRefused("zip-unreadable", "The ZIP file is packed in a way that we do not read; use Deflate.")
    if stat.S_IFMT(entry.external_attr >> 16) not in {0, stat.S_IFREG, stat.S_IFDIR}:
        raise FileRefused("zip-link")
    if entry.filename.endswith("/") and entry.file_size:
        raise FileRefused("zip-unreadable", "A folder in the ZIP file has content.")
    if entry.file_size > limits.member or _is_dense(entry.file_size, entry.compress_size, limits):
        raise FileRefused("zip-bomb")


def _check_sums(entries: list[zipfile.ZipInfo], size: int, limits: ArchiveLimits) -> None:
    total = sum(entry.file_size for entry in entries)
    if total > limits.total or _is_dense(total, size, limits):
        raise FileRefused("zip-bomb")
    # Entries that share their packed bytes make a bomb whose every ratio looks harmless.
    end = 0
    for entry in sorted(entries, key=lambda entry: entry.header_offset):
        if entry.header_offset < end:
            raise FileRefused("zip-bomb", "Files in the ZIP file overlap.")
        end = entry.header_offset + 30 + entry.compress_size
    if end > size:
        raise FileRefused("zip-unreadable")


def _is_dense(unpacked: int, packed: int, limits: ArchiveLimits) -> bool:
    return unpacked > limits.ratio_from and unpacked > packed * limits.ratio


def _check_start(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> None:
    with opened.open(entry) as file:
        if file.read(8).startswith(_ARCHIVES):
            raise FileRefused("zip-nested", f"The ZIP file holds another archive: {name[:80]!a}.")


@contextmanager
def _refusing_damage() -> Iterator[None]:
    try:
        yield
    except FileRefused:
        raise
    except _DAMAGE as error:
        raise FileRefused("zip-unreadable") from error
