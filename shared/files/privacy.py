"""Private things that makers' tools leave in metadata: folders of their machine, keys, addresses."""

import re

MASK = "[private]"

_PATH = re.compile(
    r"""
      (?<![A-Za-z0-9])[A-Za-z]:[\\/][^"'<>|,;\r\n\t]*          # C:\Users\..., D:/models/...
    | (?<![\\\w])\\\\[^\\\s"']{1,255}\\[^"'<>|,;\r\n\t]*       # \\server\share\...
    | file://[^\s"'<>]*
    | (?<![\w.:/~<-])~?/(?:[^/\s"'<>|,;:]{1,255}/){1,64}[^/\s"'<>|,;:]*   # /home/me/x, ~/x/y
    """,
    re.VERBOSE,
)
_SECRET = re.compile(
    r"""
      \b(?:sk|pk|rk|api|key|token)[-_](?=[A-Za-z_-]{0,200}\d)[A-Za-z0-9_-]{16,200}
    | \b(?:hf_|r8_|ghp_|gho_|github_pat_|glpat-|xox[abp]-|AKIA|LTAI|AIza)[A-Za-z0-9_-]{12,200}
    | \beyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{0,2000}
    | (?i:\b(?:api[_-]?key|secret|token|password|passwd|authorization)["']?\s{0,3}[:=]\s{0,3}["']?)
      (?=[^\s"',;}]{0,200}\d)[^\s"',;}]{8,200}
    """,
    re.VERBOSE,
)
_MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def clean_text(text: str, limit: int) -> str:
    """Text that PostgreSQL, JSON and XML all hold: no control characters or lone surrogates, cut at `limit`."""
    return _CONTROL.sub("", text[: limit * 2])[:limit].strip()


def base_name(path: str) -> str:
    """The last part of a path of any system; the text itself where it is no path."""
    return re.split(r"[\\/]", path.rstrip("\\/ "))[-1]


def mask_private(text: str) -> str:
    """The text with paths of a machine, keys and mail addresses replaced by `[private]`.

    A best effort on free text: it never fails, and it errs on the side of masking.
    """
    for pattern in (_SECRET, _PATH, _MAIL):
        text = pattern.sub(MASK, text)
    return text


def is_private(text: str) -> bool:
    """True where `mask_private` would change something."""
    return any(pattern.search(text) for pattern in (_SECRET, _PATH, _MAIL))
