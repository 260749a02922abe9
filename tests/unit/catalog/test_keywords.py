"""The list of words: what hides a word does not help it, and what merely contains one is left alone."""

import json

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.moderation import SEVERITY, Decision, Label
from services.catalog.gateways.moderation import keywords
from services.catalog.gateways.moderation.keywords import LIST, check, normalised

ENTRIES = json.loads(LIST.read_text(encoding="utf-8"))
WORDS = [(word, entry["category"], Decision(entry["decision"])) for entry in ENTRIES for word in entry["words"]]
LATIN = [word for word, *_ in WORDS if word.isascii()]
CHINESE = [word for word, *_ in WORDS if not word.isascii()]
HIDING = "\u200b\u200d\u2060\ufeff\u00ad*_·•-.~|/\\"
HARMLESS = "水墨山水，留白处见远山。"

listed = st.sampled_from(WORDS)


def found(text: str) -> list[str]:
    return list(check(text).raw["words"])


@given(listed)
def test_a_listed_word_within_harmless_ones_is_found(entry: tuple[str, str, Decision]) -> None:
    word, category, decision = entry
    verdict = check(f"{HARMLESS}{word}{HARMLESS}")
    assert normalised(word) in verdict.raw["words"]
    assert SEVERITY[verdict.decision] >= SEVERITY[decision]
    assert category in {label.code for label in verdict.labels}


@pytest.mark.parametrize(
    "words",
    [
        "出售海洛因出售渠道",
        "海\u200b洛\u200b因出售",
        "海-洛-因-出-售",
        "海洛因出售。",
        "ＢＵＹ ＨＥＲＯＩＮ",
        "buy heroin",
    ],
)
def test_a_listed_word_is_found_whatever_hides_it(words: str) -> None:
    verdict = check(words)
    assert verdict.decision is Decision.BLOCK
    assert verdict.labels == (Label("contraband", 1.0, "block"),)


@given(listed, st.data())
def test_signs_between_the_letters_hide_no_word(entry: tuple[str, str, Decision], data: st.DataObject) -> None:
    word = entry[0]
    signs = [data.draw(st.text(HIDING, min_size=1, max_size=3)) for _ in word]
    assert normalised(word) in found("".join(letter + sign for letter, sign in zip(word, signs, strict=True)))


@pytest.mark.parametrize("word", LATIN)
def test_neither_capitals_nor_full_width_letters_hide_a_word(word: str) -> None:
    full_width = "".join(chr(ord(letter) + 0xFEE0) if letter != " " else "\u3000" for letter in word)
    assert word in found(word.upper())
    assert word in found(full_width)
    assert word in found(full_width.upper())


@pytest.mark.parametrize("word", CHINESE)
def test_the_traditional_script_hides_no_word(word: str) -> None:
    assert word in found(opencc.OpenCC("s2t").convert(word))


@pytest.mark.parametrize("word", LATIN)
def test_a_latin_word_within_a_longer_one_is_not_meant(word: str) -> None:
    assert word not in found(f"x{word}")
    assert word not in found(f"{word}7")
    assert word in found(f"请看{word}作品")


@pytest.mark.parametrize(
    "text",
    ["", HARMLESS, "江南水墨，留白与晕染。", "Ink and empty space", "denuded hills", "Gorecki", "8 steps, CFG 2.5"],
)
def test_harmless_words_pass_without_a_label(text: str) -> None:
    verdict = check(text)
    assert (verdict.decision, verdict.labels, verdict.raw) == (Decision.PASS, (), {"words": []})


def test_traditional_script_is_read_as_simplified() -> None:
    assert check("真人明星換臉").decision is Decision.REVIEW


def test_the_strictest_decision_counts_and_each_category_keeps_its_own() -> None:
    verdict = check("迪士尼、漫威、代开发票")
    assert verdict.provider == keywords.PROVIDER
    assert verdict.decision is Decision.BLOCK
    assert set(verdict.labels) == {Label("brand", 1.0, "review"), Label("contraband", 1.0, "block")}
    assert verdict.raw == {"words": sorted(["迪士尼", "漫威", "代开发票"])}


def test_a_word_stands_in_one_category_only() -> None:
    words = [normalised(word) for word, *_ in WORDS]
    assert len(words) == len(set(words))


@given(st.text(max_size=200))
def test_any_text_can_be_checked(text: str) -> None:
    assert check(text).decision in Decision
