"""Names of downloads in Content-Disposition, Chinese ones included (RFC 6266, RFC 8187)."""

import unicodedata
from urllib.parse import quote

LONGEST = 150


def attachment(name: str, fallback: str) -> str:
    """A Content-Disposition that saves under `name`, and under an ASCII form where a client is that old.

    Path separators, quotes, control and direction characters never come through.
    """
    clean = _clean(name) or fallback
    plain = unicodedata.normalize("NFKD", clean).encode("ascii", "ignore").decode()
    stem, dot, extension = plain.rpartition(".")
    if not stem.strip(" ._-"):
        plain = fallback + (dot + extension if dot else "")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(clean, safe='')}"


def _clean(name: str) -> str:
    kept = "".join(
        character
        for character in unicodedata.normalize("NFC", name)
        if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    )
    for separator in '/\\:*?"<>|%;':
        kept = kept.replace(separator, "_")
    kept = kept.strip(" .")
    stem, dot, extension = kept.rpartition(".")
    return f"{stem[: LONGEST - len(extension)]}{dot}{extension}" if dot and len(extension) < 20 else kept[:LONGEST]
