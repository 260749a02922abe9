"""Words for the search index and for queries: Chinese and English, simplified and traditional, with typos.

The tokens are cut here, on both sides alike, and PostgreSQL gets finished lexemes: neither the database's
locale nor its text-search parser decides what is found. Only word characters survive, so nothing a visitor
types can become an operator of a tsquery.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

import opencc
import rjieba

CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
RUNS = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")
IS_CJK = re.compile(rf"[{CJK}]")
STOP_WORDS = frozenset({"a", "an", "and", "for", "in", "of", "on", "or", "the", "to", "with", *"的了和与及之吗呢"})
LONGEST_WORD, MOST_POSITIONS, MOST_LEXEMES, MOST_PLACES, BETWEEN_FIELDS = 40, 16_000, 6_000, 40, 10
MOST_QUERY_WORDS = 12
WEIGHTS = "ABC"


@lru_cache(maxsize=1)
def _simplifier() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")


def normalise(text: str) -> str:
    """NFKC, lower case, simplified Chinese, single spaces; control and zero-width characters are gone."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    shown = "".join(" " if character.isspace() else character for character in folded if _is_shown(character))
    return " ".join(_simplifier().convert(shown).split())


def _is_shown(character: str) -> bool:
    return character.isspace() or unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def runs(text: str) -> list[str]:
    """The runs of Chinese characters and the words of other scripts in a normalised text, in order."""
    return [run if IS_CJK.match(run) else run[:LONGEST_WORD] for run in RUNS.findall(text)]


def lexemes(fields: Sequence[str]) -> str:
    """A tsvector literal for up to three fields, the weightiest first (weights A, B, C).

    Chinese is indexed as words of three characters and more, as pairs and as single characters, so that a query
    is found however the two texts were cut. Each stands at its first character's place, a word of another
    script takes one place: so a phrase can leave a character open.
    """
    positions: dict[str, list[str]] = {}
    begin = 1
    for weight, field in zip(WEIGHTS, fields, strict=False):
        for run in runs(normalise(field)):
            for offset, word in _index_words(run):
                _place(positions, word, begin + offset, weight)
            begin += len(run) if IS_CJK.match(run) else 1
        begin += BETWEEN_FIELDS
    return " ".join(f"'{word}':{','.join(places)}" for word, places in positions.items())


def _place(positions: dict[str, list[str]], word: str, position: int, weight: str) -> None:
    if position > MOST_POSITIONS or (word not in positions and len(positions) >= MOST_LEXEMES):
        return
    places = positions.setdefault(word, [])
    if len(places) < MOST_PLACES:
        places.append(f"{position}{weight}")


def _index_words(run: str) -> Iterator[tuple[int, str]]:
    if not IS_CJK.match(run):
        yield 0, run
        return
    yield from ((start, word) for word, start, end in rjieba.tokenize(run, "search") if end - start > 2)
    yield from enumerate(_pairs(run))
    yield from enumerate(run)


def _pairs(run: str) -> list[str]:
    return [first + second for first, second in pairwise(run)]


def query_words(text: str) -> list[str]:
    """The words a query asks for, at most twelve; stop words only when there is nothing else."""
    words: list[str] = []
    for run in runs(normalise(text)):
        words.extend(rjieba.cut(run) if IS_CJK.match(run) else [run])
    telling = [word for word in words if word not in STOP_WORDS] or words
    return list(dict.fromkeys(telling))[:MOST_QUERY_WORDS]


def tsquery(text: str) -> str | None:
    """A tsquery that asks for every word of `text`; None when the text has no word at all."""
    words = query_words(text)
    return " & ".join(_clause(word) for word in words) or None


def _clause(word: str) -> str:
    if IS_CJK.match(word):
        pairs = _pairs(word)
        if len(pairs) < 2:
            return f"'{word}'"
        found = " & ".join(f"'{pair}'" for pair in pairs)
        return f"('{word}' | ({found}))"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return f"('{word}':* | '{word[:-1]}')"
    return f"'{word}':*" if len(word) > 1 else f"'{word}'"


def loose_tsquery(text: str) -> str | None:
    """A tsquery that any word of `text`, or any pair of its Chinese characters, satisfies."""
    found = dict.fromkeys(part for word in query_words(text) for part in _loose(word))
    return " | ".join(f"'{part}'" for part in found) or None


def _loose(word: str) -> list[str]:
    return _pairs(word) or [word] if IS_CJK.match(word) else [word]


def vocabulary(texts: Iterable[str]) -> set[str]:
    """The words, other than Chinese ones, against which slips are checked."""
    return {run for text in texts for run in runs(normalise(text)) if len(run) >= 3 and not IS_CJK.match(run)}
