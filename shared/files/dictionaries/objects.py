"""Prompt dictionaries as JSON: a list of entries, or an object of categories or entries."""

import json
from typing import Any, NoReturn

from shared.files.dictionaries.facts import (
    CATEGORY_NAMES,
    ENTRIES_LIMIT,
    DictionaryFacts,
    distinct_names,
    preview_of,
)
from shared.files.formats import Kind
from shared.files.problems import FileRefused
from shared.files.text import decode_text

MARK_KEY = "_huafang"


def parse_object(content: bytes) -> tuple[str, Any]:
    """The text without a byte order mark and its value, an object or a list; raises FileRefused."""
    text = decode_text(content)
    try:
        value = json.loads(text, parse_constant=_no_constant)
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        # ValueError: no JSON, NaN, numbers longer than Python reads, lone surrogates.
        raise FileRefused("dictionary-unreadable", "The JSON cannot be read.") from error
    if not isinstance(value, dict | list):
        raise FileRefused("dictionary-unreadable", "The JSON must be a list or an object.")
    return text, value


def read_object(content: bytes) -> DictionaryFacts:
    """Entries, categories and first rows of a JSON dictionary; raises FileRefused."""
    _, value = parse_object(content)
    if isinstance(value, dict):
        value = {name: inner for name, inner in value.items() if name != MARK_KEY}
    entries, categories = _entries(value)
    if not entries:
        raise FileRefused("dictionary-empty")
    if len(entries) > ENTRIES_LIMIT:
        raise FileRefused("dictionary-too-large")
    first = next((entry for entry in entries if isinstance(entry, dict)), {})
    return DictionaryFacts(
        Kind.JSON,
        entries=len(entries),
        categories=distinct_names(categories),
        columns=distinct_names(name for name in first if name != MARK_KEY),
        preview=preview_of(_row(entry) for entry in entries),
        encoding="utf-8",
    )


def _entries(value: Any) -> tuple[list[Any], list[Any]]:
    """The entries, and the categories they name or stand under."""
    if isinstance(value, list):
        return value, [entry[key] for entry in value if isinstance(entry, dict) for key in entry if _is_category(key)]
    lists = {name: inner for name, inner in value.items() if isinstance(inner, list | dict)}
    if len(lists) == 1 and next(iter(lists)) in {"entries", "prompts", "items", "data", "提示词", "词条"}:
        return _entries(next(iter(lists.values())))
    if lists:
        entries = [entry for inner in lists.values() for entry in (inner if isinstance(inner, list) else inner.items())]
        return entries, list(lists)
    return list(value.items()), []


def _is_category(key: str) -> bool:
    return key.strip().lower() in CATEGORY_NAMES


def _row(entry: Any) -> list[object]:
    if isinstance(entry, dict):
        return [_cell(value) for name, value in entry.items() if name != MARK_KEY]
    return [_cell(value) for value in entry] if isinstance(entry, list | tuple) else [_cell(entry)]


def _cell(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)[:1000]


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)
