"""The hashes by which communities know a model file, all in one pass over it."""

import hashlib
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import BinaryIO

from shared.files.safetensors.header import Header, read_header

CHUNK = 1024 * 1024
_AUTOV1_START, _AUTOV1_END = 0x100000, 0x110000


@dataclass(frozen=True)
class Hashes:
    """`sha256` and `body_sha256` are 64 lower-case hex digits; the Auto forms are upper-case, as they are shown.

    AutoV1 is WebUI's old hash (8 digits), AutoV2 the file's (10), AutoV3 the tensors' without the header (12).
    `embedded_autov3` is what the maker's tool wrote; kohya computes it before its last save and tools re-order
    tensors, so the computed one is trusted and `body_sha256` finds duplicates whatever metadata was edited.
    """

    sha256: str
    autov1: str
    autov2: str
    autov3: str
    body_sha256: str
    embedded_autov3: str | None


def hash_chunks(chunks: Iterable[bytes], header: Header) -> Hashes:
    """The hashes of the file whose whole content `chunks` are, in constant memory."""
    whole, first, body = hashlib.sha256(), hashlib.sha256(), hashlib.sha256()
    position = 0
    for chunk in chunks:
        end = position + len(chunk)
        whole.update(chunk)
        if position < _AUTOV1_END and end > _AUTOV1_START:
            first.update(chunk[max(0, _AUTOV1_START - position) : _AUTOV1_END - position])
        if end > header.body_offset:
            body.update(chunk[max(0, header.body_offset - position) :])
        position = end
    return Hashes(
        sha256=whole.hexdigest(),
        autov1=first.hexdigest()[:8].upper(),
        autov2=whole.hexdigest()[:10].upper(),
        autov3=body.hexdigest()[:12].upper(),
        body_sha256=body.hexdigest(),
        embedded_autov3=_embedded(header),
    )


def hashes(file: BinaryIO) -> Hashes:
    """The hashes of a safetensors file; raises FileRefused where its header is not valid."""
    header = read_header(file, file.seek(0, io.SEEK_END))
    file.seek(0)
    return hash_chunks(iter(lambda: file.read(CHUNK), b""), header)


def _embedded(header: Header) -> str | None:
    value = header.metadata.get("sshs_model_hash", "").strip().removeprefix("0x")[:12].upper()
    return value if len(value) == 12 and set(value) <= set("0123456789ABCDEF") else None
