import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.money import format_yuan, share, split

AMOUNTS = st.integers(min_value=-(10**9), max_value=10**9)
WEIGHTS = st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=50).filter(any)


@given(AMOUNTS, WEIGHTS)
def test_a_split_loses_no_fen(total: int, weights: list[int]) -> None:
    assert sum(split(total, weights)) == total


@given(AMOUNTS, WEIGHTS)
def test_a_part_is_within_one_fen_of_its_exact_share(total: int, weights: list[int]) -> None:
    whole = sum(weights)
    for part, weight in zip(split(total, weights), weights, strict=True):
        assert abs(part * whole - total * weight) < whole


@given(AMOUNTS, WEIGHTS)
def test_a_reversal_mirrors_what_was_given(total: int, weights: list[int]) -> None:
    assert split(-total, weights) == [-part for part in split(total, weights)]


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_a_split_needs_positive_weights(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        split(100, weights)


def test_a_third_of_a_yuan_goes_to_the_earlier_parts() -> None:
    assert split(100, [1, 1, 1]) == [34, 33, 33]


@pytest.mark.parametrize(
    ("amount", "basis_points", "expected"),
    [(3990, 7000, 2793), (1000, 7000, 700), (35910, 7000, 25137), (1, 5000, 1), (-1, 5000, -1)],
)
def test_a_share_rounds_half_up_to_one_fen(amount: int, basis_points: int, expected: int) -> None:
    assert share(amount, basis_points) == expected


@pytest.mark.parametrize(("fen", "shown"), [(129900, "¥1,299.00"), (0, "¥0.00"), (5, "¥0.05"), (-3990, "-¥39.90")])
def test_money_is_shown_with_its_sign_before_the_yuan(fen: int, shown: str) -> None:
    assert format_yuan(fen) == shown
