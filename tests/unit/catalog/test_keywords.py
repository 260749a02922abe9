"""The list of words: what hides a word does not help it, and what merely contains one is left alone."""

import pytest

from services.catalog.domain.moderation import Decision
from services.catalog.gateways.moderation.keywords import check


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
    assert {label.code for label in verdict.labels} == {"contraband"}


def test_traditional_script_is_read_as_simplified() -> None:
    assert check("真人明星換臉").decision is Decision.REVIEW


def test_the_strictest_listed_word_decides_and_every_category_is_named() -> None:
    verdict = check("nude, buy heroin")
    assert verdict.decision is Decision.BLOCK
    assert {label.code for label in verdict.labels} == {"sexual", "contraband"}
    assert verdict.raw == {"words": ["buy heroin", "nude"]}


@pytest.mark.parametrize("words", ["", "江南水墨，留白与晕染。", "Ink and empty space", "denuded hills", "Gorecki"])
def test_ordinary_words_pass(words: str) -> None:
    verdict = check(words)
    assert verdict.decision is Decision.PASS
    assert verdict.labels == ()
