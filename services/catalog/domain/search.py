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
LONGEST_WORD, MOST_POSITIONS, MOST_LEXEMES = 40, 16_000, 6_000
MOST_QUERY_WORDS, MOST_FUZZY_TERMS, MOST_FUZZY_WORDS = 12, 6, 300
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
    return [run[:LONGEST_WORD] for run in RUNS.findall(text)]


def lexemes(fields: Sequence[str]) -> str:
    """A tsvector literal for up to three fields, the weightiest first (weights A, B, C).

    Chinese is indexed as words (of search length), as pairs of characters and as single characters, so
    that a query is found however the two texts were cut.
    """
    positions: dict[str, list[str]] = {}
    position = 0
    for weight, field in zip(WEIGHTS, fields, strict=False):
        for word in _index_words(normalise(field)):
            if position >= MOST_POSITIONS or (word not in positions and len(positions) >= MOST_LEXEMES):
                break
            position += 1
            places = positions.setdefault(word, [])
            if len(places) < 4:
                places.append(f"{position}{weight}")
    return " ".join(f"'{word}':{','.join(places)}" for word, places in positions.items())


def _index_words(text: str) -> Iterator[str]:
    for run in runs(text):
        if not IS_CJK.match(run):
            yield run
            continue
        yield from (word for word in rjieba.cut_for_search(run) if len(word) > 2)
        yield from _pairs(run)
        yield from run


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


def fuzzy_key(texts: Iterable[str]) -> str:
    """The text that trigrams are taken of. Each Chinese character becomes a four-letter word of its own:
    pg_trgm drops them in a database of locale C, and a whole character is the unit that is mistyped."""
    words: list[str] = []
    for text in texts:
        words.extend(_fuzzy_run(run) for run in runs(normalise(text)))
    return " ".join(words[:MOST_FUZZY_WORDS])


def fuzzy_terms(text: str) -> list[str]:
    """The parts of a query that are each to be found approximately, at most six."""
    telling = [run for run in runs(normalise(text)) if run not in STOP_WORDS]
    return [_fuzzy_run(run) for run in telling[:MOST_FUZZY_TERMS]]


def _fuzzy_run(run: str) -> str:
    return " ".join(_code(character) for character in run) if IS_CJK.match(run) else run


def _code(character: str) -> str:
    # 7919 is prime and 36^4 is 2^8 * 3^8: the product names each character once and scatters neighbours.
    number, digits = ord(character) * 7919 % 36**4, ""
    for _ in range(4):
        number, digit = divmod(number, 36)
        digits += "0123456789abcdefghijklmnopqrstuvwxyz"[digit]
    return digits


def correct(query: str, texts: Iterable[str]) -> str | None:
    """The query with each unknown word replaced by the nearest one in `texts`; None when nothing is near.

    Near is one slip (a letter wrong, missing, doubled or swapped), two from seven letters on.
    """
    vocabulary = {run for text in texts for run in runs(normalise(text))}
    corrected = [_nearest(run, vocabulary) for run in runs(normalise(query))]
    found = " ".join(corrected)
    return found if found != " ".join(runs(normalise(query))) else None


def _nearest(run: str, vocabulary: set[str]) -> str:
    if run in vocabulary or run in STOP_WORDS or len(run) < 3:
        return run
    chinese = bool(IS_CJK.match(run))
    candidates = {word for text in vocabulary if bool(IS_CJK.match(text)) == chinese for word in _parts(text, run)}
    slips, _, nearest = min(
        ((distance(run, word), word[:1] != run[:1], word) for word in candidates), default=(9, True, run)
    )
    return nearest if slips <= (2 if len(run) >= 7 else 1) else run


def _parts(text: str, run: str) -> Iterator[str]:
    if not IS_CJK.match(run):
        yield text
        return
    for length in (len(run) - 1, len(run), len(run) + 1):
        yield from (text[start : start + length] for start in range(len(text) - length + 1))


def distance(first: str, second: str) -> int:
    """Slips between two words: insertions, deletions, replacements and swaps of neighbours."""
    if abs(len(first) - len(second)) > 2:
        return 9
    before: list[int] = []
    above = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        row = [i]
        for j, b in enumerate(second, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (a != b))
            if i > 1 and j > 1 and a == second[j - 2] and first[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, above = above, row
    return above[-1]
