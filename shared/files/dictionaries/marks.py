"""The buyer's mark in a prompt dictionary: written into each kind of file so that it stays usable.

CSV: one more column, `_huafang`: its first entry holds the whole mark, every other the copy's number, so that a
part of a leaked table still answers. A comment line would break the heading row of every spreadsheet and parser,
and signs of no width would change the prompts themselves. Spreadsheets keep the column when they save.

JSON: a key `_huafang` in the object, or in the first entry where the root is a list of objects: readers of lists
keep reading a list. A list of plain texts has no place for a key; it becomes {"_huafang": ..., "entries": [...]},
because a further text in it would be used as a prompt, unnoticed. Nothing else in the text changes by a byte.

Markdown: entries `AIGC` and `huafang` in the front matter. PDF: document information, XMP and a line on each page.
"""

import json
import re
from collections.abc import Mapping
from typing import Any

from shared.files.dictionaries.document_marks import mark_document
from shared.files.dictionaries.objects import MARK_KEY, parse_object
from shared.files.dictionaries.tables import MARK_COLUMN, export_csv, parse_table
from shared.files.formats import Kind
from shared.files.labels.aigc import AigcLabel
from shared.files.labels.front_matter import with_entries
from shared.files.problems import FileRefused
from shared.files.text import decode_text
from shared.files.traces import AIGC, COPY

COPY_SIGN = "huafang:"
FRONT_MATTER_KEY = "huafang"
_FIRST_OBJECT = re.compile(r"\s*(?:\[\s*)?\{")


def mark_copy(kind: Kind, content: bytes, trace: Mapping[str, str], label: AigcLabel | None = None) -> bytes:
    """A buyer's copy of a dictionary, carrying `trace` (see shared.files.traces) and the AI label. The same
    input gives the same bytes. An earlier copy's mark is replaced. Raises FileRefused where the dictionary
    cannot be read.
    """
    if label is None and AIGC in trace:
        label = AigcLabel.from_json(trace[AIGC])
    trace = {name: value for name, value in trace.items() if name != AIGC}
    match kind:
        case Kind.CSV:
            return _mark_table(content, trace, label)
        case Kind.JSON:
            return _mark_object(content, trace, label)
        case Kind.MARKDOWN | Kind.TEXT:
            return _mark_markdown(content, trace, label)
        case Kind.PDF:
            return mark_document(content, trace, label)
    raise FileRefused("type-refused", "Prompt dictionaries are CSV, JSON, Markdown or PDF.")


def _mark(trace: Mapping[str, str], label: AigcLabel | None) -> dict[str, Any]:
    return {**trace, **({} if label is None else {AIGC: label.as_dict()})}


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _mark_table(content: bytes, trace: Mapping[str, str], label: AigcLabel | None) -> bytes:
    table = parse_table(content)
    header, rows = _without_marks(table.header, table.rows)
    width = max((len(row) for row in [header or [], *rows]), default=0)
    whole, short = _dump(_mark(trace, label)), COPY_SIGN + trace.get(COPY, "")
    marked = [[*_padded(row, width), short if index else whole] for index, row in enumerate(rows)]
    if header is not None:
        marked.insert(0, [*_padded(header, width), MARK_COLUMN])
    # A file without a mark in UTF-8 was made by a program that may stumble over one; GBK came from a spreadsheet.
    return export_csv(marked, delimiter=table.delimiter, mark=table.encoding != "utf-8" or not content.isascii())


def _without_marks(header: list[str] | None, rows: list[list[str]]) -> tuple[list[str] | None, list[list[str]]]:
    if header is not None and MARK_COLUMN in header:
        at = header.index(MARK_COLUMN)
        return header[:at] + header[at + 1 :], [row[:at] + row[at + 1 :] for row in rows]
    return header, [[cell for cell in row if not _is_mark(cell)] for row in rows]


def _is_mark(cell: str) -> bool:
    return cell.startswith((COPY_SIGN, '{"huafang.'))


def _padded(row: list[str], width: int) -> list[str]:
    return row + [""] * (width - len(row))


def _mark_object(content: bytes, trace: Mapping[str, str], label: AigcLabel | None) -> bytes:
    text, value = parse_object(content)
    mark = _mark(trace, label)
    holder = value[0] if isinstance(value, list) and value else value
    if not isinstance(holder, dict):
        return _dump({MARK_KEY: mark, "entries": value}).encode()
    if MARK_KEY in holder:
        del holder[MARK_KEY]
        text = json.dumps(value, ensure_ascii=False, indent=2)
    place = _FIRST_OBJECT.match(text)
    if place is None:
        raise FileRefused("dictionary-unreadable")
    separator = ", " if holder else ""
    return (text[: place.end()] + f'"{MARK_KEY}": {_dump(mark)}{separator}' + text[place.end() :]).encode()


def _mark_markdown(content: bytes, trace: Mapping[str, str], label: AigcLabel | None) -> bytes:
    entries = {FRONT_MATTER_KEY: _dump(dict(trace))}
    if label is not None:
        entries[AIGC] = label.to_json()
    return with_entries(decode_text(content), entries).encode()
