"""Text of unknown encoding, and telling its kinds apart."""

import codecs
import csv
import re

from shared.files.problems import FileRefused

_BINARY = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_MARKDOWN = re.compile(r"^(?:#{1,6} \S|```|[-*+] \S|\d{1,3}\. \S|\|.*\|\s*$|---\s*$)", re.MULTILINE)
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def encoding_of(data: bytes) -> str:
    """The name of the encoding: UTF-8 with or without a mark, UTF-16 with one, else GB18030, as Chinese
    spreadsheets write. Raises FileRefused (text-unreadable).
    """
    for mark, name in _BOMS:
        if data.startswith(mark):
            return name
    for name in ("utf-8", "gb18030"):
        try:
            data.decode(name)
        except UnicodeDecodeError:
            continue
        return name
    raise FileRefused("text-unreadable")


def decode_text(data: bytes) -> str:
    """The text without its byte order mark; raises FileRefused where it is no text."""
    try:
        text = data.decode(encoding_of(data))
    except UnicodeDecodeError as error:
        raise FileRefused("text-unreadable") from error
    if _BINARY.search(text):
        raise FileRefused("text-unreadable", "The text holds control characters.")
    return text


def delimiter_of(text: str) -> str:
    """The separator of a CSV text: the one of comma, semicolon and tab that stands most in its first line."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    return max(",;\t", key=first.count)


def looks_like_csv(text: str) -> bool:
    """True where the first lines split into the same number (two or more) of columns."""
    sample = text[:16_384].splitlines()
    if len(text) > 16_384:
        sample.pop()
    try:
        rows = [row for row in csv.reader(sample[:60], delimiter=delimiter_of(text)) if row]
    except csv.Error:
        return False
    return len(rows) >= 2 and len(rows[0]) >= 2 and all(len(row) == len(rows[0]) for row in rows)


def looks_like_markdown(text: str) -> bool:
    """True where a line begins as a heading, a list, a table, a fence or front matter does."""
    return _MARKDOWN.search(text[:65_536]) is not None
