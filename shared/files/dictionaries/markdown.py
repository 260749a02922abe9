"""Prompt dictionaries as Markdown or plain text: headings name categories, items and rows are entries."""

import re

from shared.files.dictionaries.facts import ENTRIES_LIMIT, DictionaryFacts, distinct_names, preview_of
from shared.files.formats import Kind
from shared.files.labels.front_matter import body_of
from shared.files.problems import FileRefused
from shared.files.text import decode_text, encoding_of

_ITEM = re.compile(r"[ \t]{0,12}(?:[-*+]|\d{1,6}[.)])[ \t]+(.+)")
_RULE_SIGNS = frozenset(" \t:|-")


def read_markdown(content: bytes) -> DictionaryFacts:
    """Entries, categories and first entries of a Markdown dictionary; raises FileRefused."""
    lines = body_of(decode_text(content)).splitlines()
    headings = [line.strip("# \t") for line in lines if line.startswith("#") and line.lstrip("#")[:1] in {" ", "\t"}]
    entries = _items(lines) + _table_rows(lines)
    if not entries:
        entries = [[line.strip()] for line in lines if line.strip() and not line.startswith(("#", "```", "<!--"))]
    if not entries:
        raise FileRefused("dictionary-empty")
    if len(entries) > ENTRIES_LIMIT:
        raise FileRefused("dictionary-too-large")
    return DictionaryFacts(
        Kind.MARKDOWN,
        entries=len(entries),
        categories=distinct_names(headings),
        preview=preview_of(entries),
        encoding=encoding_of(content),
    )


def _items(lines: list[str]) -> list[list[str]]:
    return [[match[1].strip()] for line in lines if (match := _ITEM.fullmatch(line))]


def _table_rows(lines: list[str]) -> list[list[str]]:
    rows: list[list[str]] = []
    is_table = False
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if not line.lstrip().startswith("|"):
            is_table = False
        elif _is_rule(line):
            is_table = True
        elif is_table and not _is_rule(following):
            rows.append([cell.strip() for cell in line.strip().strip("|").split("|")])
    return rows


def _is_rule(line: str) -> bool:
    return line.lstrip().startswith("|") and "-" in line and set(line) <= _RULE_SIGNS
