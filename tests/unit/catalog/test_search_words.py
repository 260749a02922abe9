"""Words of Chinese and English for the index and for queries, and the slips between them."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.search import (
    IS_CJK,
    lexemes,
    loose_tsquery,
    normalise,
    query_words,
    runs,
    tsquery,
    vocabulary,
)
from services.catalog.domain.slips import correct, distance, one_slip_away, slipped_tsquery

WORDS = st.text(alphabet="abcdefghij", min_size=3, max_size=10)
LEXEME = re.compile(r"'\w+':\d+[ABC](,\d+[ABC])*")
QUERY = re.compile(r"[\w'&|():*<> \d]*")


def test_text_is_folded_to_one_form() -> None:
    assert normalise("  ＩＮＫ\u200b Wash\n國風\u202e水墨  ") == "ink wash 国风水墨"
    assert normalise("\ud800a\x00b") == "ab"


@given(st.text(max_size=200))
def test_normalising_twice_changes_nothing_more(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


def test_chinese_is_indexed_by_words_pairs_and_characters_at_their_places() -> None:
    found = lexemes(["水墨山水", "Ink"])
    assert "'水墨':1A" in found
    assert "'墨山':2A" in found
    assert "'水':1A,4A" in found
    assert "'ink':15B" in found


@given(st.lists(st.text(max_size=300), max_size=4))
def test_an_index_line_holds_nothing_but_lexemes(texts: list[str]) -> None:
    found = lexemes(texts)
    assert all(LEXEME.fullmatch(part) for part in found.split(" ") if part)


@given(st.text(max_size=200))
def test_a_query_never_holds_what_was_not_a_word(text: str) -> None:
    for made in (tsquery(text), loose_tsquery(text), slipped_tsquery(text)):
        assert made is None or QUERY.fullmatch(made)
        assert made is None or "''" not in made


def test_an_index_line_is_bounded() -> None:
    many = " ".join(f"word{number}" for number in range(50_000))
    found = lexemes([many, many, "水" * 50_000])
    assert len(found.split(" ")) <= 6_000
    assert max(int(place) for place in re.findall(r":(\d+)", found)) <= 16_000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("水墨山水 LoRA", ["水墨", "山水", "lora"]),
        ("the ink of mountains", ["ink", "mountains"]),
        ("the", ["the"]),
        ("!!! ???", []),
        (" ".join(f"w{number}" for number in range(40)), [f"w{number}" for number in range(12)]),
    ],
)
def test_a_query_asks_for_its_telling_words(text: str, words: list[str]) -> None:
    assert query_words(text) == words


def test_a_query_without_words_asks_nothing() -> None:
    assert tsquery("?! 。") is None
    assert loose_tsquery("") is None
    assert slipped_tsquery("ink 山水") is None


def test_plurals_and_beginnings_are_asked_for_as_well() -> None:
    assert tsquery("portraits") == "('portraits':* | 'portrait')"
    assert tsquery("class") == "'class':*"
    assert tsquery("水") == "'水'"


@given(WORDS, st.data())
def test_every_single_slip_is_found_again(word: str, data: st.DataObject) -> None:
    slip = data.draw(st.sampled_from(sorted(one_slip_away(word))))
    assert distance(slip, word) == 1
    assert word in one_slip_away(slip)


@given(WORDS, WORDS)
def test_a_distance_is_the_same_both_ways_and_zero_only_for_equals(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)


@given(WORDS)
def test_a_known_word_is_never_corrected(word: str) -> None:
    assert correct(word, [word, "another"]) is None


@pytest.mark.parametrize(
    ("query", "texts", "corrected"),
    [
        ("cinemtaic portriat", ["Cinematic portrait"], "cinematic portrait"),
        ("landscpe", ["landscape"], "landscape"),
        ("水默山水", ["国风水墨山水合集"], "水墨山水"),
        ("水山水", ["水墨山水"], "水墨山水"),
        ("ab", ["abc"], None),
        ("zebra", ["landscape"], None),
        ("", ["landscape"], None),
    ],
)
def test_the_nearest_words_replace_unknown_ones(query: str, texts: list[str], corrected: str | None) -> None:
    found = correct(query, texts)
    assert found is None if corrected is None else found is not None and corrected in (found, found + "合")


def test_a_phrase_leaves_each_character_open_once() -> None:
    made = slipped_tsquery("水默山水")
    assert made is not None
    assert "('水' <2> '山' <1> '水')" in made
    assert "('默' <1> '山' <1> '水')" in made


@given(st.text(alphabet="水墨山风abc ", max_size=40))
def test_the_vocabulary_holds_words_of_other_scripts_alone(text: str) -> None:
    known = vocabulary([text])
    assert all(len(word) >= 3 and not IS_CJK.match(word) for word in known)
    assert known <= set(runs(normalise(text)))
