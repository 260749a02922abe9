"""Stripe's form encoding and what may be in it."""

from contextlib import suppress
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stripe._encode import _api_encode

from deploy.sandbox.stripe.errors import StripeError
from deploy.sandbox.stripe.forms import decode
from deploy.sandbox.stripe.parameters import Fields, Integer, ListOf, Metadata, Text, TimeRange

names = st.text("abcdefgh_", min_size=1, max_size=6)
leaves = st.text(max_size=12).filter(lambda text: "\x00" not in text)
trees = st.dictionaries(
    names,
    st.recursive(
        leaves,
        lambda inner: st.lists(inner, min_size=1, max_size=4) | st.dictionaries(names, inner, min_size=1, max_size=4),
        max_leaves=8,
    ),
    max_size=4,
)


@given(trees)
def test_what_stripes_library_encodes_is_decoded_to_the_same(tree: dict[str, Any]) -> None:
    wire = urlencode(list(_api_encode(tree)))
    assert decode(parse_qsl(wire, keep_blank_values=True)) == tree


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=5)), max_size=8))
def test_any_form_is_decoded_or_refused(pairs: list[tuple[str, str]]) -> None:
    with suppress(StripeError):
        assert isinstance(decode(pairs), dict)


def test_lists_may_be_written_without_numbers() -> None:
    assert decode([("expand[]", "a"), ("expand[]", "b")]) == {"expand": ["a", "b"]}


@pytest.mark.parametrize(
    ("pairs", "param"),
    [
        ([("a", "1"), ("a[b]", "2")], "a[b]"),
        ([("a[b]", "2"), ("a", "1")], "a"),
        ([("a[b", "1")], "a[b"),
        ([("", "1")], ""),
        ([("a" + "[b]" * 9, "1")], "a" + "[b]" * 9),
    ],
)
def test_a_name_that_cannot_be_read_is_refused(pairs: list[tuple[str, str]], param: str) -> None:
    with pytest.raises(StripeError) as refused:
        decode(pairs)
    assert refused.value.error["param"] == param


SHAPE = Fields(
    {
        "amount": Integer(least=1, most=99),
        "created": TimeRange(),
        "lines": ListOf(Fields({"name": Text(required=True, longest=5)}), most=2),
        "metadata": Metadata(),
        "mode": Text(choices=("payment",)),
    }
)


@pytest.mark.parametrize(
    ("sent", "code", "param"),
    [
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"lines": [{"name": "a", "size": "1"}]}, "parameter_unknown", "lines[0][size]"),
        ({"lines": [{}]}, "parameter_missing", "lines[0][name]"),
        ({"lines": [{"name": ""}]}, "parameter_invalid_empty", "lines[0][name]"),
        ({"lines": [{"name": "longer"}]}, None, "lines[0][name]"),
        ({"lines": "a"}, None, "lines"),
        ({"lines": [{"name": "a"}] * 3}, None, "lines"),
        ({"amount": "1.5"}, "parameter_invalid_integer", "amount"),
        ({"amount": "0"}, "parameter_invalid_integer", "amount"),
        ({"amount": "100"}, "parameter_invalid_integer", "amount"),
        ({"amount": "\u0663"}, "parameter_invalid_integer", "amount"),
        ({"mode": "setup"}, None, "mode"),
        ({"mode": {"a": "b"}}, None, "mode"),
        ({"created": {"after": "1"}}, "parameter_unknown", "created[after]"),
        ({"metadata": {"k" * 41: "v"}}, None, "metadata[" + "k" * 41 + "]"),
        ({"metadata": {"k": "v" * 501}}, None, "metadata[k]"),
        ({"metadata": {str(number): "v" for number in range(51)}}, None, "metadata"),
    ],
)
def test_a_parameter_that_stripe_would_refuse_is_named(sent: Any, code: str | None, param: str) -> None:
    with pytest.raises(StripeError) as refused:
        SHAPE.read(sent, "")
    assert refused.value.status == 400
    assert not refused.value.keeps
    assert (refused.value.error.get("code"), refused.value.error["param"]) == (code, param)


def test_parameters_come_out_with_their_types() -> None:
    sent = {"amount": "7", "created": {"gte": "3"}, "lines": [{"name": "a"}], "metadata": {"k": "v", "gone": ""}}
    assert SHAPE.read(sent, "") == {
        "amount": 7,
        "created": {"gte": 3},
        "lines": [{"name": "a"}],
        "metadata": {"k": "v"},
    }


def test_metadata_is_emptied_by_an_empty_text() -> None:
    assert SHAPE.read({"metadata": ""}, "") == {"metadata": {}}
