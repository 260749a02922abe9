"""Money taken out of a payment without lines being named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.orders.domain.actors import GATEWAY
from services.orders.domain.refunds import RefundTooLarge
from services.orders.usecases.take_back import divided
from tests.unit.orders.making import NOW, an_order


@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=20), st.data())
def test_it_is_divided_to_the_fen_and_no_line_is_overdrawn(amounts: list[int], data: st.DataObject) -> None:
    order = an_order(*amounts)
    order.pay(GATEWAY, NOW)
    for line in order.lines:
        line.refunded = data.draw(st.integers(0, line.paid))
    left = sum(line.refundable for line in order.lines)
    if left == 0:
        return
    loss = data.draw(st.integers(1, left))
    parts = divided(order, loss)
    assert sum(parts.values()) == loss
    assert all(0 < parts[line.id] <= line.refundable for line in order.lines if line.id in parts)


@pytest.mark.parametrize("amount", [0, -1, 1001])
def test_more_than_is_left_is_refused(amount: int) -> None:
    order = an_order(1000)
    order.pay(GATEWAY, NOW)
    with pytest.raises(RefundTooLarge):
        divided(order, amount)
