"""A buyer's copy of a model file: the same tensors behind a header that names the order."""

import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import BinaryIO

from shared.files.problems import FileRefused
from shared.files.safetensors.header import HEADER_LIMIT, Header, parse_header
from shared.files.safetensors.publishing import published_metadata
from shared.files.traces import trace_in, without_trace

CHUNK = 1024 * 1024
# Readers map the file and expect the tensors where their largest element may begin.
_ALIGNMENT = 8

ReadRange = Callable[[int, int], bytes]


class TracedCopy:
    """One copy, computed from the original's header alone; the same header and additions give the same bytes, so
    that any range can be asked for at any time and a broken download goes on.

    The tensor table and the body are the original's: AutoV3 does not change. The metadata is the published one
    with `additions` over it; a trace of an earlier copy in the original is dropped.
    """

    def __init__(self, header: Header, additions: Mapping[str, str]) -> None:
        self._original = header
        metadata = {**without_trace(published_metadata(header.metadata)), **additions}
        self.header_bytes = _header_bytes(header, metadata)
        self.size = len(self.header_bytes) + header.body_size

    def read(self, start: int, end: int, read_range: ReadRange, chunk: int = CHUNK) -> Iterator[bytes]:
        """The copy's bytes [start, end), in pieces of at most `chunk`. `read_range(offset, length)` reads the
        original; nothing is kept between pieces. Bounds beyond the copy are cut to it.
        """
        start, end = max(0, start), min(end, self.size)
        inside = len(self.header_bytes)
        for position in range(start, min(end, inside), chunk):
            yield self.header_bytes[position : min(position + chunk, end, inside)]
        shift = self._original.body_offset - inside
        for position in range(max(start, inside), end, chunk):
            yield read_range(position + shift, min(chunk, end - position))


def read_trace(file: BinaryIO) -> dict[str, str] | None:
    """The additions found in a file that may be a leaked copy, also a cut one; None where there are none."""
    file.seek(0, io.SEEK_SET)
    length = int.from_bytes(file.read(8), "little")
    if not 2 <= length <= 2 * HEADER_LIMIT:
        return None
    try:
        _, metadata = parse_header(file.read(length))
    except FileRefused:
        return None
    return trace_in(metadata)


def _header_bytes(header: Header, metadata: Mapping[str, str]) -> bytes:
    table: dict[str, object] = {"__metadata__": metadata}
    for name, tensor in header.tensors.items():
        table[name] = {
            "dtype": tensor.dtype,
            "shape": list(tensor.shape),
            "data_offsets": [tensor.begin, tensor.end],
        }
    data = json.dumps(table, ensure_ascii=False, separators=(",", ":")).encode()
    data += b" " * (-len(data) % _ALIGNMENT)
    return len(data).to_bytes(8, "little") + data
