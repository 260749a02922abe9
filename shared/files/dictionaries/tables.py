"""Prompt dictionaries as CSV: read in any common encoding, written so that a spreadsheet runs nothing."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from shared.files.dictionaries.facts import (
    CATEGORY_NAMES,
    ENTRIES_LIMIT,
    DictionaryFacts,
    distinct_names,
    preview_of,
)
from shared.files.formats import Kind
from shared.files.problems import FileRefused
from shared.files.text import decode_text, delimiter_of, encoding_of

MARK_COLUMN = "_huafang"
_COLUMNS_LIMIT = 100
_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?%?")
_RISKY = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
_HEADINGS = CATEGORY_NAMES | {
    *("prompt", "prompts", "positive", "positive prompt", "negative", "negative prompt", "tag", "tags", "word"),
    *(
        "text",
        "keyword",
        "keywords",
        "name",
        "title",
        "description",
        "id",
        "weight",
        "english",
        "chinese",
        "en",
        "zh",
    ),
    *(
        "提示词",
        "正向提示词",
        "负面提示词",
        "反向提示词",
        "标签",
        "关键词",
        "词",
        "词条",
        "名称",
        "标题",
        "描述",
        "说明",
    ),
    *("序号", "权重", "中文", "英文", "翻译", MARK_COLUMN),
}


@dataclass(frozen=True)
class Table:
    """A parsed CSV: `header` is None where the first row is an entry already; rows may differ in length."""

    header: list[str] | None
    rows: list[list[str]]
    delimiter: str
    encoding: str


def parse_table(content: bytes) -> Table:
    """The table, without a mark of ours; raises FileRefused where it is no CSV or has more than 200,000 rows or
    100 columns.
    """
    text, encoding = decode_text(content), encoding_of(content)
    delimiter = delimiter_of(text)
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if len(rows) > ENTRIES_LIMIT or len(row) > _COLUMNS_LIMIT:
                raise FileRefused("dictionary-too-large")
            if any(cell.strip() for cell in row):
                rows.append(row)
    except csv.Error as error:
        raise FileRefused("dictionary-unreadable", "The CSV cannot be read.") from error
    has_header = bool(rows) and any(cell.strip().lower() in _HEADINGS for cell in rows[0])
    return Table(rows[0] if has_header else None, rows[1:] if has_header else rows, delimiter, encoding)


def read_table(content: bytes) -> DictionaryFacts:
    """Entries, categories, headings and first rows of a CSV dictionary; raises FileRefused."""
    table = parse_table(content)
    if not table.rows:
        raise FileRefused("dictionary-empty")
    header = table.header or []
    column = next((i for i, name in enumerate(header) if name.strip().lower() in CATEGORY_NAMES), None)
    categories = [] if column is None else [row[column] for row in table.rows if column < len(row)]
    return DictionaryFacts(
        Kind.CSV,
        entries=len(table.rows),
        categories=distinct_names(categories),
        columns=distinct_names(header),
        preview=preview_of(table.rows),
        encoding=table.encoding,
    )


def export_csv(rows: Iterable[Sequence[object]], *, delimiter: str = ",", mark: bool = True) -> bytes:
    """Rows as CSV for spreadsheets: UTF-8, with a byte order mark (without one Excel in China reads GBK) unless
    `mark` is False, lines ended by CR LF (RFC 4180). Cells that a spreadsheet would compute are escaped.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    for row in rows:
        writer.writerow([escape_cell(str(cell)) for cell in row])
    return (codecs.BOM_UTF8 if mark else b"") + out.getvalue().encode("utf-8", "replace")


def escape_cell(text: str) -> str:
    """The text with an apostrophe in front where a spreadsheet would take it for a formula (OWASP, CSV injection);
    plain numbers stay as they are.
    """
    return f"'{text}" if text.startswith(_RISKY) and not _NUMBER.fullmatch(text) else text
