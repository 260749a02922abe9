import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.pagination import decode_cursor, encode_cursor
from shared.problems import Malformed


@given(st.text(), st.integers())
def test_a_cursor_brings_its_sort_keys_back(text: str, number: int) -> None:
    assert decode_cursor(encode_cursor([text, number]), str, int) == [text, number]


@given(st.text())
def test_a_forged_cursor_is_malformed(cursor: str) -> None:
    with pytest.raises(Malformed):
        decode_cursor(cursor, str, int, int)


def test_a_boolean_is_no_number_in_a_cursor() -> None:
    with pytest.raises(Malformed):
        decode_cursor(encode_cursor(["a", True]), str, int)
