"""Finding a mark again in a dictionary that leaked, also when a program has saved it anew in its own way."""

import csv
import html
import io
import json
import re
from collections import deque
from collections.abc import Iterator
from typing import Any

from shared.files.archives import ArchiveLimits, open_archive
from shared.files.dictionaries.document_marks import read_document_mark
from shared.files.dictionaries.marks import FRONT_MATTER_KEY
from shared.files.dictionaries.objects import MARK_KEY, parse_object
from shared.files.formats import Kind
from shared.files.labels.aigc import AigcLabel
from shared.files.labels.front_matter import entries_of
from shared.files.problems import FileRefused
from shared.files.text import decode_text, delimiter_of
from shared.files.traces import AIGC, COPY, PREFIX, trace_in

_COPY = re.compile(r"""huafang:([0-9A-Za-z-]{8,64})|huafang\.copy["'\\ ]{0,12}:["'\\ ]{0,12}([0-9A-Za-z-]{8,64})""")
_PARTS = ArchiveLimits(members=500, member=20 * 1024 * 1024, total=60 * 1024 * 1024)
_WHOLE = re.compile(r'\{\s{0,4}"huafang\.')


def read_mark(kind: Kind, content: bytes) -> dict[str, str] | None:
    """The trace in a dictionary of any kind, its AI label as JSON under `AIGC`; None where there is none. What
    the kind's own place does not yield is looked for in the plain text: at least the copy's number. ZIP is taken
    too, for a table saved as a spreadsheet is one. Never raises.
    """
    try:
        match kind:
            case Kind.PDF:
                found, text = read_document_mark(content)
                return trace_in(found) or _in_text(text)
            case Kind.ZIP:
                return _in_archive(content)
            case Kind.JSON:
                return _in_object(content) or _in_text(decode_text(content))
        text = decode_text(content)
    except FileRefused:
        return _in_text(content.decode("utf-8", "replace"))
    if kind is Kind.CSV:
        return _in_cells(text) or _in_text(text)
    return _in_front_matter(text) or _in_text(text)


def _in_cells(text: str) -> dict[str, str] | None:
    for delimiter in dict.fromkeys([delimiter_of(text), ",", ";", "\t"]):
        try:
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
                for cell in row:
                    if _WHOLE.match(cell) and (found := _decoded(cell)):
                        return found
        except csv.Error:
            continue
    return None


def _in_object(content: bytes) -> dict[str, str] | None:
    _, value = parse_object(content)
    waiting = deque([value])
    while waiting:
        item = waiting.popleft()
        if isinstance(item, dict):
            if isinstance(item.get(MARK_KEY), dict) and (found := _flat(item[MARK_KEY])):
                return found
            waiting.extend(item.values())
        elif isinstance(item, list):
            waiting.extend(item)
    return None


def _in_front_matter(text: str) -> dict[str, str] | None:
    entries = entries_of(text)
    found = _decoded(entries.get(FRONT_MATTER_KEY, ""))
    label = AigcLabel.from_json(entries.get(AIGC, ""))
    return {**found, **({} if label is None else {AIGC: label.to_json()})} if found else None


def _in_archive(content: bytes) -> dict[str, str] | None:
    for text in _texts_of(content):
        found = _in_text(html.unescape(text))
        if found:
            return found
    return None


def _texts_of(content: bytes) -> Iterator[str]:
    archive = open_archive(io.BytesIO(content), _PARTS)
    for member in archive.members:
        yield archive.read(member, _PARTS.member).decode("utf-8", "replace")


def _in_text(text: str) -> dict[str, str] | None:
    for match in list(_WHOLE.finditer(text))[:20]:
        if found := _decoded(text[match.start() : match.start() + 20_000]):
            return found
    copy = _COPY.search(text)
    return {COPY: copy[1] or copy[2]} if copy else None


def _decoded(text: str) -> dict[str, str] | None:
    try:
        value, _ = json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return None
    return _flat(value) if isinstance(value, dict) else None


def _flat(mark: dict[str, Any]) -> dict[str, str] | None:
    found = {name: value for name, value in mark.items() if str(name).startswith(PREFIX)}
    label = AigcLabel.from_dict(mark.get(AIGC))
    if label is not None:
        found[AIGC] = label.to_json()
    return trace_in(found)
