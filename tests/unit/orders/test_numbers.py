"""Order numbers."""

import re
from datetime import UTC, datetime

from services.orders.domain.numbers import ALPHABET, order_number


def test_a_number_has_the_day_in_beijing() -> None:
    late = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    assert order_number(late).startswith("HF20261125-")


def test_its_tail_is_readable_and_does_not_repeat_soon() -> None:
    now = datetime(2026, 11, 24, tzinfo=UTC)
    numbers = {order_number(now) for _ in range(2000)}
    assert len(numbers) > 1990
    assert all(re.fullmatch(rf"HF20261124-[{ALPHABET}]{{6}}", number) for number in numbers)
    assert not set("01ILOU") & set(ALPHABET)
