"""Reading the header of an untrusted `.safetensors` file: nothing behind it is touched, nothing is executed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO, NoReturn

from shared.files.problems import FileRefused

HEADER_LIMIT = 10 * 1024 * 1024
DIMENSIONS_LIMIT = 32

# Bits of one element, as the format's own library counts them (safetensors 0.8).
DTYPE_BITS: Mapping[str, int] = {
    "F4": 4,
    **dict.fromkeys(("F6_E2M3", "F6_E3M2"), 6),
    **dict.fromkeys(("BOOL", "U8", "I8", "F8_E5M2", "F8_E4M3", "F8_E8M0", "F8_E4M3FNUZ", "F8_E5M2FNUZ"), 8),
    **dict.fromkeys(("U16", "I16", "F16", "BF16"), 16),
    **dict.fromkeys(("U32", "I32", "F32"), 32),
    **dict.fromkeys(("U64", "I64", "F64", "C64"), 64),
}


@dataclass(frozen=True)
class Tensor:
    """One row of the tensor table; offsets are bytes from the body's beginning, `end` exclusive."""

    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int

    @property
    def parameters(self) -> int:
        """How many numbers it holds."""
        count = 1
        for side in self.shape:
            count *= side
        return count


@dataclass(frozen=True)
class Header:
    """A header that has passed every check; sizes in bytes. The metadata is still a stranger's text."""

    metadata: Mapping[str, str]
    tensors: Mapping[str, Tensor]
    length: int
    body_size: int

    @property
    def body_offset(self) -> int:
        """Where the tensors begin in the file."""
        return 8 + self.length

    @property
    def size(self) -> int:
        """The file's size."""
        return self.body_offset + self.body_size


class _DuplicateKey(ValueError):
    pass


def read_header(file: BinaryIO, size: int, limit: int = HEADER_LIMIT) -> Header:
    """The header of a file of `size` bytes, read from its beginning, at most `limit` bytes of it.

    Guarantees what the format asks: lengths fit the file, no key twice, metadata is text to text, each tensor's
    type, shape and range agree, and the ranges fill the body without hole or overlap. Raises FileRefused.
    """
    length = _read_length(file, size, limit)
    table, metadata = parse_header(_read_exactly(file, length))
    body_size = size - 8 - length
    tensors = {name: _tensor(name, entry, body_size) for name, entry in table.items()}
    _check_ranges(tensors, body_size)
    return Header(metadata, tensors, length, body_size)


def parse_header(data: bytes) -> tuple[dict[str, Any], dict[str, str]]:
    """The header's tensor table, unchecked, and its metadata, checked; raises FileRefused."""
    if data[:1] != b"{":
        raise FileRefused("safetensors-header-unreadable", "The safetensors header is not a JSON object.")
    try:
        table = json.loads(data.decode("utf-8"), object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
    except _DuplicateKey as error:
        raise FileRefused("safetensors-duplicate-key") from error
    except (ValueError, RecursionError) as error:
        # ValueError: bad UTF-8 or JSON, and numbers longer than Python reads.
        raise FileRefused("safetensors-header-unreadable") from error
    metadata = table.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise FileRefused("safetensors-metadata")
    return table, metadata


def _read_length(file: BinaryIO, size: int, limit: int) -> int:
    if size < 8:
        raise FileRefused("safetensors-truncated", "The file is shorter than a safetensors header.")
    file.seek(0)
    length = int.from_bytes(_read_exactly(file, 8), "little")
    if length > limit:
        raise FileRefused("safetensors-header-too-long", f"The header says {length} bytes; we read at most {limit}.")
    if length > size - 8:
        raise FileRefused("safetensors-header-too-long", "The header says it is longer than the file.")
    return length


def _read_exactly(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) != count:
        raise FileRefused("safetensors-truncated")
    return data


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        raise _DuplicateKey
    for key, value in pairs:
        key.encode()  # a lone surrogate raises UnicodeEncodeError, a ValueError
        if isinstance(value, str):
            value.encode()
    return result


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _tensor(name: str, entry: Any, body_size: int) -> Tensor:
    try:
        dtype, shape, (begin, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
    except (TypeError, KeyError, ValueError) as error:
        raise _bad(name, "it needs dtype, shape and data_offsets") from error
    bits = DTYPE_BITS.get(dtype) if isinstance(dtype, str) else None
    if bits is None:
        raise _bad(name, "its dtype is unknown")
    if not isinstance(shape, list) or len(shape) > DIMENSIONS_LIMIT or not all(_is_count(side) for side in shape):
        raise _bad(name, "its shape is no list of sizes")
    if not (isinstance(entry["data_offsets"], list) and _is_count(begin) and _is_count(end)):
        raise _bad(name, "its offsets are no whole numbers")
    if not begin <= end <= body_size:
        raise FileRefused("safetensors-size", f"{_short(name)} lies outside the file.")
    tensor = Tensor(dtype, tuple(shape), begin, end)
    if tensor.parameters * bits != (end - begin) * 8:
        raise _bad(name, "its shape and its range do not agree")
    return tensor


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def _check_ranges(tensors: Mapping[str, Tensor], body_size: int) -> None:
    position = 0
    for begin, end in sorted((tensor.begin, tensor.end) for tensor in tensors.values()):
        if begin != position:
            raise FileRefused("safetensors-overlap")
        position = end
    if position != body_size:
        raise FileRefused("safetensors-size")


def _bad(name: str, why: str) -> FileRefused:
    return FileRefused("safetensors-tensor", f"{_short(name)}: {why}.")


def _short(name: str) -> str:
    return repr(name[:100])
