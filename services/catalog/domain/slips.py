"""What somebody meant who mistyped: candidates for the database to look for, and the nearest of what it found."""

from collections.abc import Iterable, Iterator

from services.catalog.domain.search import IS_CJK, STOP_WORDS, normalise, runs

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
LONGEST_PHRASE, MOST_PHRASES = 8, 3
FAR = 9


def slipped_tsquery(text: str) -> str | None:
    """A tsquery for Chinese phrases with one character wrong, missing or too many; None without such phrases.

    It rests on `lexemes` giving every character its own place.
    """
    long = [run[:LONGEST_PHRASE] for run in runs(normalise(text)) if IS_CJK.match(run) and len(run) >= 3]
    phrases = dict.fromkeys(phrase for run in long[:MOST_PHRASES] for phrase in _phrases(run))
    return " | ".join(f"({phrase})" for phrase in phrases) or None


def _phrases(run: str) -> Iterator[str]:
    places = list(enumerate(run))
    for at in range(len(run)):
        rest = places[:at] + places[at + 1 :]
        yield _phrase(rest)
        yield _phrase([(place - (place > at), character) for place, character in rest])
        if at:
            yield _phrase([(place + (place >= at), character) for place, character in places])


def _phrase(places: list[tuple[int, str]]) -> str:
    (before, first), *others = places
    phrase = f"'{first}'"
    for place, character in others:
        phrase += f" <{place - before}> '{character}'"
        before = place
    return phrase


def one_slip_away(word: str) -> set[str]:
    """Every word of small letters and digits that one slip turns into `word`: some 270 for a word of five."""
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    found = {left + right[1:] for left, right in halves if right}
    found |= {left + right[1] + right[0] + right[2:] for left, right in halves if len(right) > 1}
    found |= {left + letter + right for left, right in halves for letter in LETTERS}
    found |= {left + letter + right[1:] for left, right in halves if right for letter in LETTERS}
    return found - {word}


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
        ((distance(run, word), word[:1] != run[:1], word) for word in candidates), default=(FAR, True, run)
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
        return FAR
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
