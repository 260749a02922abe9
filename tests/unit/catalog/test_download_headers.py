"""Ranges and names in the headers of a download."""

import contextlib
from urllib.parse import unquote

import pytest
from flask import Flask, Request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from services.catalog.api.attachments import attachment
from services.catalog.api.ranges import RangeNotSatisfiable, requested_range

ETAG = "tag"


def asked(header: str, if_range: str | None = None, method: str = "GET") -> Request:
    headers = {"Range": header} | ({"If-Range": if_range} if if_range else {})
    return Flask("x").request_class(EnvironBuilder(method=method, headers=headers).get_environ())


@given(st.integers(1, 10**6), st.integers(0, 2 * 10**6), st.integers(0, 2 * 10**6))
def test_a_range_lies_within_the_file_or_is_refused(size: int, first: int, last: int) -> None:
    try:
        found = requested_range(asked(f"bytes={first}-{last}"), size, ETAG)
    except RangeNotSatisfiable:
        assert first >= size
        return
    if found is None:
        assert last < first
    else:
        assert found == (first, min(last + 1, size))
        assert 0 <= found[0] < found[1] <= size


@given(st.text(max_size=120))
def test_no_header_breaks_anything(text: str) -> None:
    header = "bytes=" + "".join(character for character in text if character.isprintable() and character.isascii())
    found = None
    with contextlib.suppress(RangeNotSatisfiable):
        found = requested_range(asked(header), 1000, ETAG)
    assert found is None or 0 <= found[0] < found[1] <= 1000


@pytest.mark.parametrize("if_range", ['W/"tag"', '"other"', "Tue, 24 Nov 2026 08:00:00 GMT", "nonsense"])
def test_another_copys_validator_gets_the_whole(if_range: str) -> None:
    assert requested_range(asked("bytes=0-1", if_range), 1000, ETAG) is None


def test_the_own_validator_gets_the_range() -> None:
    assert requested_range(asked("bytes=0-1", '"tag"'), 1000, ETAG) == (0, 2)


def test_a_head_request_has_no_range() -> None:
    assert requested_range(asked("bytes=0-1", method="HEAD"), 1000, ETAG) is None


@given(st.text(max_size=300))
def test_every_name_gives_one_safe_header(name: str) -> None:
    header = attachment(name, "huafang-copy")
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2
    plain = header.partition('filename="')[2].partition('"')[0]
    spoken = unquote(header.partition("filename*=UTF-8''")[2])
    for shown in (plain, spoken):
        assert shown.strip()
        assert not set('/\\"\r\n\x00') & set(shown)
        assert not shown.startswith(".")


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("水墨.safetensors", "huafang-copy.safetensors"),
        ("ink wash.zip", "ink wash.zip"),
        ("..", "huafang-copy"),
        ("é.csv", "e.csv"),
        ("a＂; evil=＂.zip", "a__ evil=_.zip"),
        ("ａ／ｂ.zip", "a_b.zip"),
        ("\u00a0", "huafang-copy"),
    ],
)
def test_old_clients_get_an_ascii_name(name: str, plain: str) -> None:
    assert f'filename="{plain}"' in attachment(name, "huafang-copy")
