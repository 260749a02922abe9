"""Names inside archives: what may be unpacked somewhere without leading out of it."""

import re
import unicodedata
from collections.abc import Iterable

from shared.files.problems import FileRefused

_LENGTH, _PART_BYTES, _DEPTH = 400, 200, 12
_FORBIDDEN = re.compile("[\x00-\x1f\x7f\\\\:\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_JUNK = re.compile(r"(^|/)(__MACOSX(/|$)|\._[^/]*$|\.DS_Store$|Thumbs\.db$|desktop\.ini$)", re.IGNORECASE)


def decoded_name(name: str, is_utf8: bool) -> str:
    """A member's name as its maker typed it. Without the UTF-8 flag `zipfile` reads code page 437, though archives
    made in China hold GBK and those of some tools plain UTF-8.
    """
    if is_utf8 or name.isascii():
        return name
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name


def checked_name(name: str) -> str:
    """The name in Unicode's composed form, if it stays inside the folder it is unpacked in, on any system. Raises
    FileRefused (zip-path): absolute, `..`, a drive, a backslash, control or direction-changing signs, too long.
    """
    name = unicodedata.normalize("NFC", name)
    parts = name.removesuffix("/").split("/")
    is_odd = len(name) > _LENGTH or len(parts) > _DEPTH or _FORBIDDEN.search(name) is not None
    if is_odd or any(part.strip(" .") == "" or len(part.encode()) > _PART_BYTES for part in parts):
        raise FileRefused("zip-path", f"The ZIP file holds a name that is not allowed: {name[:80]!a}.")
    return name


def check_distinct(names: Iterable[str]) -> None:
    """Raises FileRefused (zip-duplicate): two names are one file on some system, or a file is also a folder."""
    seen: set[str] = set()
    folders: set[str] = set()
    for name in names:
        folded = name.casefold()
        if folded in seen:
            raise FileRefused("zip-duplicate", f"The ZIP file holds {name[:80]!a} twice.")
        seen.add(folded)
        parts = folded.split("/")
        folders.update("/".join(parts[:depth]) for depth in range(1, len(parts)))
    if seen & folders:
        raise FileRefused("zip-duplicate", "The ZIP file holds a name both as a file and as a folder.")


def is_junk(name: str) -> bool:
    """True for what desktops leave in archives and nobody meant to sell."""
    return _JUNK.search(name) is not None
