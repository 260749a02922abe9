"""The gateway's fee, brought into fen and divided."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.orders.domain.fees import divide_fee, fee_in_order_currency
from tests.unit.orders.making import an_order


@pytest.mark.parametrize(
    ("fee", "settled", "captured", "fen"),
    [(371, 3990, 3990, 371), (400, 4300, 3990, 371), (0, 4300, 3990, 0), (1, 3, 1, 0), (1, 2, 1, 1), (5, 0, 100, 0)],
)
def test_a_fee_in_another_currency_is_its_part_of_the_payment(fee: int, settled: int, captured: int, fen: int) -> None:
    assert fee_in_order_currency(fee, settled, captured) == fen


@given(st.integers(0, 10**9), st.integers(1, 10**9), st.integers(1, 10**8))
def test_the_rounding_is_half_up(fee: int, settled: int, captured: int) -> None:
    exact = Fraction(fee * captured, settled)
    assert abs(fee_in_order_currency(fee, settled, captured) - exact) <= Fraction(1, 2)


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=50), st.integers(0, 10**9))
def test_a_fee_is_divided_to_the_fen_and_never_falls_on_free_lines(amounts: list[int], fee: int) -> None:
    order = an_order(*amounts)
    divide_fee(order.lines, fee)
    assert sum(line.fee for line in order.lines) == (fee if any(amounts) else 0)
    assert all(line.fee == 0 for line in order.lines if line.amount == 0)
