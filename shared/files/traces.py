"""The names under which a copy carries its order: what makes a leaked file answerable."""

from collections.abc import Mapping
from datetime import datetime

ORDER = "huafang.order"
ORDER_LINE = "huafang.order_line"
LICENCE = "huafang.licence"
COPY = "huafang.copy"
ISSUED_AT = "huafang.issued_at"
# GB 45438-2025 names this field and its place in pictures, sound, video and text. Of model weights it is silent:
# the same field under the same name in a safetensors header is our own choice.
AIGC = "AIGC"

PREFIX = "huafang."


def trace_additions(
    *, order: str, order_line: str, licence: str, copy: str, issued_at: datetime, label: str | None = None
) -> dict[str, str]:
    """The metadata that marks one copy. `copy` must not be guessable: it is what proves a trace is ours and not
    written by someone who wants to blame another's order. `label` is the AI label's JSON. Keep what you passed: a
    download resumed later must be given exactly the same.
    """
    additions = {
        ORDER: order,
        ORDER_LINE: order_line,
        LICENCE: licence,
        COPY: copy,
        ISSUED_AT: issued_at.isoformat(timespec="seconds"),
    }
    return additions if label is None else {**additions, AIGC: label}


def trace_in(metadata: Mapping[str, object]) -> dict[str, str] | None:
    """The entries of `metadata` that are a trace, or None where no order or copy is named."""
    found = {
        key: value
        for key, value in metadata.items()
        if isinstance(value, str) and (key == AIGC or key.startswith(PREFIX)) and len(value) <= 16_384
    }
    return found if ORDER in found or COPY in found else None


def without_trace(metadata: Mapping[str, str]) -> dict[str, str]:
    """The metadata less any earlier copy's trace; an AI label stays."""
    return {key: value for key, value in metadata.items() if not key.startswith(PREFIX)}
