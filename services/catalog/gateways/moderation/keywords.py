"""The list of words that a person must judge, or that cannot stand at all (`data/keywords.json`)."""

import json
import re
import unicodedata
from functools import cache
from pathlib import Path

import ahocorasick
import opencc

from services.catalog.domain.moderation import SEVERITY, Decision, Label, Verdict

LIST = Path(__file__).parents[2] / "data" / "keywords.json"
PROVIDER = "keywords"
# Zero-width and joining characters, and signs put between letters to hide a word.
HIDING = re.compile(r"[\u200b-\u200f\u2060-\u2064\ufeff\u00ad\u180e\ufe00-\ufe0f*_·•\-.~|/\\]+")
LATIN = re.compile(r"[a-z0-9]")


def check(text: str) -> Verdict:
    """The strictest decision of all listed words in `text`, whatever width, case, script or sign hides them."""
    found: dict[str, tuple[Decision, str]] = {}
    for form in _forms(text):
        for end, (word, decision, category) in _automaton().iter(form):
            if _stands_alone(form, end - len(word) + 1, end + 1, word):
                found[word] = (decision, category)
    # The mildest first: a category hit twice keeps its strictest level.
    hits = sorted(found.values(), key=lambda hit: SEVERITY[hit[0]])
    decision = hits[-1][0] if hits else Decision.PASS
    labels = {category: Label(category, 1.0, level.value) for level, category in hits}
    return Verdict(PROVIDER, decision, tuple(labels.values()), {"words": sorted(found)})


def normalised(text: str) -> str:
    """Half width, lower case, simplified script."""
    return str(_simplified().convert(unicodedata.normalize("NFKC", text).casefold()))


def _forms(text: str) -> tuple[str, str]:
    plain = normalised(text)
    return plain, HIDING.sub("", plain)


def _stands_alone(text: str, start: int, end: int, word: str) -> bool:
    """A word in Latin letters counts only whole: `class` holds no listed word."""
    if not LATIN.search(word):
        return True
    before, after = text[start - 1 : start], text[end : end + 1]
    return not LATIN.match(before or " ") and not LATIN.match(after or " ")


@cache
def _simplified() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


@cache
def _automaton() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for entry in json.loads(LIST.read_text(encoding="utf-8")):
        for word in entry["words"]:
            plain = normalised(word)
            automaton.add_word(plain, (plain, Decision(entry["decision"]), entry["category"]))
    automaton.make_automaton()
    return automaton
