import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.problems import Malformed
from shared.strict_json import loads

STORABLE = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a":1}x',
        b'{"a":1,"a":2}',
        b'{"a":NaN}',
        b"[Infinity]",
        b'"\\ud800"',
        b'"\\u0000"',
        b"\xef\xbb\xbf{}",
        b"\xff",
        b"[" * 100_000,
        b"[" * 60 + b"]" * 60,
        b"9" * 100_000,
    ],
)
def test_what_json_forbids_or_a_database_cannot_keep_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        loads(body)


@given(st.recursive(st.none() | st.booleans() | st.integers(-(2**53), 2**53) | STORABLE, st.lists, max_leaves=20))
def test_valid_documents_are_read_as_they_are(value: object) -> None:
    assert loads(json.dumps(value)) == value


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body: bytes) -> None:
    try:
        loads(body)
    except Malformed:
        return
