"""Names of downloads in Content-Disposition, Chinese ones included (RFC 6266, RFC 8187)."""

import unicodedata
from urllib.parse import quote

LONGEST = 150


def attachment(name: str, fallback: str) -> str:
    """A Content-Disposition that saves under `name`, and under an ASCII form where a client is that old.

    Path separators, quotes, control and direction characters never come through.
    """
    clean = _clean(name) or fallback
    return f"attachment; filename=\"{_plain(clean, fallback)}\"; filename*=UTF-8''{quote(clean, safe='')}"


def _plain(clean: str, fallback: str) -> str:
    stem, _, extension = clean.rpartition(".") if "." in clean else (clean, "", "")
    # Compatibility forms become ASCII only here, a full-width quote a quote, so each part is cleaned once more.
    name = _clean(_ascii(stem)) if _ascii(stem).strip(" ._-") else fallback
    ending = "".join(character for character in _ascii(extension) if character.isalnum())
    return f"{name}.{ending}" if ending else name


def _ascii(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _clean(name: str) -> str:
    kept = "".join(
        character
        for character in unicodedata.normalize("NFC", name)
        if unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
    )
    for separator in '/\\:*?"<>|%;':
        kept = kept.replace(separator, "_")
    kept = " ".join(kept.split()).strip(" .")
    stem, dot, extension = kept.rpartition(".")
    return f"{stem[: LONGEST - len(extension)]}{dot}{extension}" if dot and len(extension) < 20 else kept[:LONGEST]
