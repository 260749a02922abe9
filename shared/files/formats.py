"""What a file is, told by its bytes and never by its name."""

import io
import json
from enum import StrEnum
from typing import BinaryIO

from shared.files import zip_directory
from shared.files.pickles import is_pickle
from shared.files.problems import FileRefused
from shared.files.text import decode_text, looks_like_csv, looks_like_markdown

HEAD = 64 * 1024
TEXT_LIMIT = 20 * 1024 * 1024


class Kind(StrEnum):
    """The types that some part of the shop takes; each reader decides which."""

    SAFETENSORS = "safetensors"
    PNG = "png"
    JPEG = "jpeg"
    WEBP = "webp"
    GIF = "gif"
    ZIP = "zip"
    PDF = "pdf"
    JSON = "json"
    CSV = "csv"
    MARKDOWN = "markdown"
    TEXT = "text"

    @property
    def media_type(self) -> str:
        """The type for Content-Type."""
        return _MEDIA_TYPES[self]


_MEDIA_TYPES = {
    Kind.SAFETENSORS: "application/octet-stream",
    Kind.PNG: "image/png",
    Kind.JPEG: "image/jpeg",
    Kind.WEBP: "image/webp",
    Kind.GIF: "image/gif",
    Kind.ZIP: "application/zip",
    Kind.PDF: "application/pdf",
    Kind.JSON: "application/json",
    Kind.CSV: "text/csv; charset=utf-8",
    Kind.MARKDOWN: "text/markdown; charset=utf-8",
    Kind.TEXT: "text/plain; charset=utf-8",
}

IMAGES = frozenset({Kind.PNG, Kind.JPEG, Kind.WEBP, Kind.GIF})
# Bytes alone cannot always tell these apart, and none of them can do harm: here the sender's word may decide.
PLAIN = frozenset({Kind.CSV, Kind.MARKDOWN, Kind.TEXT})

_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"GIF87a", Kind.GIF),
    (b"GIF89a", Kind.GIF),
    (b"%PDF-", Kind.PDF),
    (b"PK\x03\x04", Kind.ZIP),
    (b"PK\x05\x06", Kind.ZIP),
)
_REFUSED_MAGIC = (
    (b"\x89HDF\r\n\x1a\n", "hdf5-refused"),
    (b"\x93NUMPY", "pickle-refused"),  # an array of objects in it is a pickle
    (b"\x7fELF", "executable-refused"),
    (b"\xfe\xed\xfa\xce", "executable-refused"),
    (b"\xfe\xed\xfa\xcf", "executable-refused"),
    (b"\xce\xfa\xed\xfe", "executable-refused"),
    (b"\xcf\xfa\xed\xfe", "executable-refused"),
    (b"\xca\xfe\xba\xbe", "executable-refused"),
    (b"\xca\xfe\xba\xbf", "executable-refused"),
    (b"\x00asm", "executable-refused"),
    (b"#!", "executable-refused"),
    (b"7z\xbc\xaf\x27\x1c", "archive-refused"),
    (b"Rar!\x1a\x07", "archive-refused"),
    (b"\x1f\x8b", "archive-refused"),
    (b"BZh", "archive-refused"),
    (b"\xfd7zXZ\x00", "archive-refused"),
    (b"\x28\xb5\x2f\xfd", "archive-refused"),
    (b"GGUF", "type-refused"),
)


def detect(file: BinaryIO) -> Kind:
    """The file's type from its content; reads at most its head, its tail and, where it is text, the text.

    Raises FileRefused: pickles (also inside a torch archive), HDF5, programs, web pages, SVG, other archives, a
    file that is two types at once, and whatever is unknown. The position of `file` does not matter and is lost.
    """
    size = file.seek(0, io.SEEK_END)
    if size == 0:
        raise FileRefused("file-empty")
    file.seek(0)
    head = file.read(HEAD)
    kind = _binary_kind(head, size)
    if kind is Kind.ZIP:
        _refuse_torch_archive(file, size)
        return kind
    if zip_directory.find(file, size) is not None:
        # A ZIP is read from its end: what one program takes for weights or a picture, another unpacks.
        raise FileRefused("polyglot-refused", "The file ends as a ZIP archive but does not begin as one.")
    if kind is not None:
        return kind
    if is_pickle(file):
        raise FileRefused("pickle-refused")
    return _text_kind(file, size)


def text_kind(detected: Kind, filename: str) -> Kind:
    """The kind of a plain text, for which alone a name may be asked: `words.csv` with one column is still CSV."""
    suffix = filename.rpartition(".")[2].lower()
    named = {"csv": Kind.CSV, "tsv": Kind.CSV, "md": Kind.MARKDOWN, "markdown": Kind.MARKDOWN, "txt": Kind.TEXT}
    return named.get(suffix, detected) if detected in PLAIN else detected


def _binary_kind(head: bytes, size: int) -> Kind | None:
    if _is_safetensors(head, size):
        return Kind.SAFETENSORS
    for magic, slug in _REFUSED_MAGIC:
        if head.startswith(magic):
            raise FileRefused(slug)
    if head[:2] == b"MZ" and _is_portable_executable(head):
        raise FileRefused("executable-refused")
    if head[257:262] == b"ustar":
        raise FileRefused("archive-refused")
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return Kind.WEBP
    return next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)


def _is_safetensors(head: bytes, size: int) -> bool:
    # A header of 640, 896, 1152 or 1408 bytes begins like a pickle of protocol 2 to 5 (80 02 ...), so this is
    # asked first; the zero bytes that follow are no opcodes of a pickle.
    if len(head) < 9:
        return False
    length = int.from_bytes(head[:8], "little")
    return head[8:9] == b"{" and 2 <= length < 2**32 and (length <= size - 8 or length <= 100_000_000)


def _is_portable_executable(head: bytes) -> bool:
    offset = int.from_bytes(head[0x3C:0x40], "little")
    return b"\x00" in head[:64] or head[offset : offset + 4] == b"PE\x00\x00"


def _refuse_torch_archive(file: BinaryIO, size: int) -> None:
    directory = zip_directory.find(file, size)
    if directory is None:
        raise FileRefused("zip-unreadable", "The ZIP file has no directory at its end.")
    for name in zip_directory.names(file, directory):
        last = name.rpartition(b"/")[2].lower()
        if last.endswith((b".pkl", b".pickle")):
            raise FileRefused("pickle-refused", "The file is a PyTorch archive holding a pickle.")


def _text_kind(file: BinaryIO, size: int) -> Kind:
    file.seek(0)
    data = file.read(min(size, TEXT_LIMIT))
    try:
        text = decode_text(data if size <= TEXT_LIMIT else data[:HEAD].rpartition(b"\n")[0])
    except FileRefused as refused:
        raise FileRefused("type-refused") from refused
    if size > TEXT_LIMIT:
        raise FileRefused("file-too-large", f"A text may have {TEXT_LIMIT // 1024 // 1024} MB.")
    start = text[:4096].lstrip().lower()
    if "<svg" in start and start.startswith(("<?xml", "<!--", "<!doctype svg", "<svg")):
        raise FileRefused("svg-refused")
    if start.startswith(("<!doctype html", "<html", "<script", "<head", "<body", "<iframe", "<?php")):
        raise FileRefused("html-refused")
    if start.startswith("<?xml"):
        raise FileRefused("type-refused")
    if start[:1] in "{[" and _is_json(text):
        return Kind.JSON
    if looks_like_csv(text):
        return Kind.CSV
    return Kind.MARKDOWN if looks_like_markdown(text) else Kind.TEXT


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True
