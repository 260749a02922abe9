"""The words a buyer accepts with a pack, by key and version (`data/terms.json`); a version never changes."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from shared.problems import NotFound

TABLE = Path(__file__).parent.parent / "data" / "terms.json"


@dataclass(frozen=True)
class LicenceTerms:
    key: str
    version: str
    title_zh: str
    title_en: str
    zh: str
    en: str


@cache
def all_terms() -> tuple[LicenceTerms, ...]:
    """Every version ever offered; the last one of a key is in force."""
    return tuple(LicenceTerms(**entry) for entry in json.loads(TABLE.read_text(encoding="utf-8")))


def current_terms(key: str) -> LicenceTerms:
    return [terms for terms in all_terms() if terms.key == key][-1]


def terms_of(key: str, version: str) -> LicenceTerms:
    """One version's words; raises NotFound."""
    for terms in all_terms():
        if (terms.key, terms.version) == (key, version):
            return terms
    raise NotFound()
