"""JSON as RFC 8259 means it: no duplicate keys, no NaN, no NUL, no lone surrogates, no bottomless nesting."""

import json
from typing import Any

from shared.problems import Malformed

MAX_DEPTH = 40


def loads(body: bytes | str) -> Any:
    """Parse a document; raises Malformed (400) with what is wrong."""
    try:
        text = body.decode("utf-8") if isinstance(body, bytes) else body
        value = json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise Malformed("The body is not UTF-8.") from error
    except (ValueError, RecursionError) as error:
        raise Malformed("The body is not valid JSON.") from error
    _check(value, 0)
    return value


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Malformed("An object in the body names a key twice.")
    return found


def _no_constant(name: str) -> float:
    raise Malformed(f"{name} is not valid JSON.")


def _check(value: Any, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise Malformed("The body is nested too deeply.")
    if isinstance(value, str):
        _check_text(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_text(key)
            _check(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            _check(item, depth + 1)


def _check_text(text: str) -> None:
    """PostgreSQL stores neither NUL nor half a surrogate pair."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise Malformed("A text in the body holds a character that cannot be stored.")
