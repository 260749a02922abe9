"""A buyer's copy of a ZIP file: the same members and one more, a licence that names the order.

A member, not the archive's comment: it is still there after unpacking, where the presets are used. Everything
before the directory is the original's, byte for byte, so a copy is streamed and any range of it can be asked for.
"""

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from shared.files import zip_directory
from shared.files.problems import FileRefused
from shared.files.traces import ORDER, trace_in

ReadRange = Callable[[int, int], bytes]
CHUNK = 1024 * 1024
NAME = "LICENCE-{order}.txt"
MARK_LINE = "mark: "
MARK_LIMIT = 64 * 1024
UTF8_NAMES = 0x0800
FIRST_DAY = 0x0021  # 1980-01-01: the same bytes whenever the copy is asked for
WORDS = """本文件包是画坊为下列订单制作的副本，使用范围以订单所附许可为准。
This archive is the copy that Huafang made for the order below; its use is set by the licence accepted with it.

"""


class ZipCopy:
    """`mark` is what the licence member says; the same file and mark always give the same bytes.

    Raises FileRefused for a file that is no plain ZIP (ZIP64 among them, which uploads refuse by size).
    """

    def __init__(self, original: BinaryIO, size: int, mark: Mapping[str, str]) -> None:
        directory = zip_directory.find(original, size)
        if directory is None or directory.is_zip64:
            raise FileRefused("zip-unreadable")
        original.seek(directory.offset)
        listed = original.read(directory.size)
        end = original.read()
        member, entry = _member(NAME.format(order=mark[ORDER]), _text(mark), struct.unpack_from("<I", end, 16)[0])
        self._kept = directory.offset
        self._tail = member + listed + entry + _end(end, len(member), len(entry))
        self.size = self._kept + len(self._tail)

    def read(self, start: int, end: int, read_range: ReadRange, chunk: int = CHUNK) -> Iterator[bytes]:
        """The copy's bytes [start, end), in pieces of at most `chunk`; bounds are cut to the copy."""
        start, end = max(0, start), min(end, self.size)
        for position in range(start, min(end, self._kept), chunk):
            yield read_range(position, min(chunk, end - position, self._kept - position))
        for position in range(max(start, self._kept), end, chunk):
            yield self._tail[position - self._kept : min(position + chunk, end) - self._kept]


def read_zip_trace(file: BinaryIO) -> dict[str, str] | None:
    """The mark in a ZIP file that may be a leaked copy; None where there is none. Reads the directory and the
    licence member alone, within limits, whatever the file claims."""
    size = file.seek(0, io.SEEK_END)
    try:
        directory = zip_directory.find(file, size)
        if directory is None or directory.size > zip_directory.DIRECTORY_LIMIT:
            return None
        with zipfile.ZipFile(file) as archive:
            return _trace_of(archive)
    except (FileRefused, zipfile.BadZipFile, ValueError, RuntimeError, NotImplementedError, zlib.error, OSError):
        return None


def _trace_of(archive: zipfile.ZipFile) -> dict[str, str] | None:
    prefix, suffix = NAME.split("{order}")
    for member in archive.infolist():
        name = member.filename.rsplit("/", 1)[-1]
        if not (name.startswith(prefix) and name.endswith(suffix)) or member.file_size > MARK_LIMIT:
            continue
        with archive.open(member) as content:
            lines = content.read(MARK_LIMIT).decode("utf-8", "replace").splitlines()
        found = next((line.removeprefix(MARK_LINE) for line in lines if line.startswith(MARK_LINE)), "null")
        mark = json.loads(found)
        if isinstance(mark, dict) and trace_in(mark):
            return trace_in(mark)
    return None


def _text(mark: Mapping[str, str]) -> bytes:
    named = "".join(f"{key}: {value}\n" for key, value in mark.items())
    return f"{WORDS}{named}\n{MARK_LINE}{json.dumps(dict(mark), ensure_ascii=False)}\n".encode()


def _member(name: str, data: bytes, offset: int) -> tuple[bytes, bytes]:
    """The local header with its data, and the directory's entry, of an uncompressed file (APPNOTE 4.3)."""
    raw, crc = name.encode(), zlib.crc32(data)
    shared = struct.pack("<HHHHHIII", 20, UTF8_NAMES, 0, 0, FIRST_DAY, crc, len(data), len(data))
    local = b"PK\x03\x04" + shared + struct.pack("<HH", len(raw), 0) + raw + data
    readable_by_all = 0o100644 << 16
    made_by_unix = 3 << 8 | 20
    entry = b"PK\x01\x02" + struct.pack("<H", made_by_unix) + shared
    entry += struct.pack("<HHHHHII", len(raw), 0, 0, 0, 0, readable_by_all, offset) + raw
    return local, entry


def _end(record: bytes, before: int, entry: int) -> bytes:
    """The end record with one member more; the archive's own comment stays."""
    disk, start_disk, here, entries, size, offset = struct.unpack_from("<HHHHII", record, 4)
    counts = struct.pack("<HHHHII", disk, start_disk, here + 1, entries + 1, size + entry, offset + before)
    return record[:4] + counts + record[20:]
