"""Amounts, fees and the test cards."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.sandbox.stripe.cards import CARDS, REAL_CARD, WRONG_NUMBER, card_for, expiry, luhn_valid
from deploy.sandbox.stripe.hosted.words import CHINESE, ENGLISH
from deploy.sandbox.stripe.money import LARGEST, fee, shown

NOW = datetime(2026, 11, 24, tzinfo=UTC).timestamp()


@given(st.integers(1, LARGEST), st.integers(0, 1000), st.integers(0, 1000))
def test_a_fee_is_never_more_than_the_payment(amount: int, points: int, fixed: int) -> None:
    kept = fee(amount, points, fixed)
    assert 0 <= kept <= amount
    if kept < amount:
        assert abs(kept - fixed - amount * points / 10_000) <= 0.5


def test_a_fee_is_a_share_and_a_fixed_part() -> None:
    assert fee(3990, 340, 235) == 136 + 235


@pytest.mark.parametrize(("fen", "text"), [(0, "¥0.00"), (5, "¥0.05"), (129900, "¥1,299.00"), (-3990, "-¥39.90")])
def test_amounts_are_shown_with_two_decimals(fen: int, text: str) -> None:
    assert shown(fen, "cny") == text


def test_every_test_card_has_a_valid_number() -> None:
    assert all(luhn_valid(card.number) for card in CARDS)


def test_a_card_number_may_be_written_with_spaces_and_dashes() -> None:
    assert card_for("4242 4242-4242 4242") is card_for("4242424242424242")


@pytest.mark.parametrize("typed", ["", "4242", "4242424242424241", "abcd efgh ijkl mnop", "4" * 40, "\u0664" * 16])
def test_a_number_that_is_no_card_is_told_from_a_declined_one(typed: str) -> None:
    assert card_for(typed) is WRONG_NUMBER


def test_a_real_card_is_refused() -> None:
    assert card_for("4012 8888 8888 1881") is REAL_CARD


@given(st.text(max_size=30))
def test_anything_can_be_typed_as_a_number(typed: str) -> None:
    card_for(typed)
    expiry(typed, NOW)


@pytest.mark.parametrize(
    ("typed", "date"),
    [
        ("12 / 34", (12, 2034)),
        ("1134", (11, 2034)),
        ("11/2026", (11, 2026)),
        ("10/26", None),
        ("13/30", None),
        ("00/30", None),
        ("1/30", None),
        ("", None),
    ],
)
def test_a_card_is_good_to_the_end_of_its_month(typed: str, date: tuple[int, int] | None) -> None:
    assert expiry(typed, NOW) == date


def test_both_languages_say_the_same_things() -> None:
    assert set(CHINESE) == set(ENGLISH)


def test_every_reason_for_a_decline_has_its_words() -> None:
    for card in CARDS:
        if card.decline is not None:
            assert {card.decline.decline_code, f"card_{card.decline.decline_code}"} <= set(CHINESE)
