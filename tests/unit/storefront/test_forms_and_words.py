"""Forms as bodies, and things as words."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.storefront.clients.shapes import Cart
from services.storefront.domain.attempts import Limit
from services.storefront.letters import render_letter, template_for
from services.storefront.pages.checkout import price_changes
from services.storefront.pages.models import generation_facts, trigger_words
from services.storefront.pages.product_form import details, fen_of
from services.storefront.pages.rendering import size
from services.storefront.pages.sign_in.passwords import is_guessable
from services.storefront.pages.terms import as_html


@given(st.integers(min_value=0, max_value=99_999_999))
def test_every_amount_reads_back_as_it_was_written(fen: int) -> None:
    assert fen_of(f"{fen // 100}.{fen % 100:02d}") == fen
    assert fen_of(f"¥{fen // 100:,}.{fen % 100:02d}") == fen


@pytest.mark.parametrize("text", ["", "-1", "1.005", "1e3", "NaN", "Infinity", "１２", "1.2.3", "九", "9" * 20, "0x10"])
def test_what_is_no_amount_is_never_rounded_into_one(text: str) -> None:
    assert fen_of(text) is None


def test_tags_may_be_separated_by_any_comma() -> None:
    assert details({"tags": "水墨、山水，ink, ,夜"})["tags"] == ["水墨", "山水", "ink", "夜"]


def test_a_price_change_stands_beside_the_price_that_was_shown() -> None:
    line = {"offer_id": "a", "title": {"zh": "雾竹", "en": ""}, "price": 1290}
    cart: Cart = {"lines": [line], "total": 1290, "currency": "CNY", "fingerprint": ""}  # type: ignore[list-item]
    assert price_changes({"a": 990}, cart) == [{"title": line["title"], "old": 990, "new": 1290}]
    assert price_changes({"a": 1290, "b": 5}, cart) == []


def test_markdown_of_others_holds_no_html_script_or_picture() -> None:
    shown = str(as_html("<img src=x onerror=alert(1)> [a](javascript:alert(1)) ![p](http://a.example/p.png) **b**"))
    assert "<img" not in shown
    assert 'href="javascript' not in shown
    assert "<strong>b</strong>" in shown


@given(st.text(max_size=300))
def test_no_text_makes_markdown_fail_or_open_a_tag_of_its_own(text: str) -> None:
    shown = str(as_html(text)).lower()
    assert "<script" not in shown
    assert "<iframe" not in shown


def test_trigger_words_come_from_the_version_or_its_files() -> None:
    assert trigger_words({"facts": {"trigger_words": ["ink"]}}) == ["ink"]
    assert trigger_words({"files": [{"facts": {"trigger_words": ["mist"]}}]}) == ["mist"]
    assert trigger_words({}) == []


def test_numbers_are_shown_without_needless_digits() -> None:
    assert size(1_234_567) == "1.2 MB"
    assert size(2_000_000_000) == "2.00 GB"
    assert generation_facts({}) == []


@pytest.mark.parametrize("password", ["1234567890", "huafang2026", "aaaaaaaaaaab", "abcdefghij", "xiaomo123456"])
def test_what_guessers_try_first_is_refused(password: str) -> None:
    assert is_guessable(password, ["xiaomo"])


def test_words_in_a_row_are_welcome() -> None:
    assert not is_guessable("river lantern stone 42", ["xiaomo"])


def test_a_limits_window_starts_with_the_clock_and_ends_within_its_length() -> None:
    limit = Limit("a", 3, timedelta(minutes=15))
    now = datetime(2026, 11, 24, 10, 14, 59, tzinfo=UTC)
    assert limit.window_start(now) == datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
    assert 1 <= limit.seconds_left(now) <= 900


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_letter_has_a_subject_and_keeps_its_link(language: str) -> None:
    facts = {
        "name": "墨",
        "link": "http://x.example/a",
        "recovery_link": "",
        "confirmation_link": "",
        "front": "",
        "facts": {},
    }
    for template in ("confirm", "recover", "already-registered", "password-changed", "notice"):
        subject, body = render_letter(template, language, facts)
        assert subject
        assert "\n" not in subject
        assert "墨" in body


def test_a_topic_without_words_of_its_own_gets_the_general_letter() -> None:
    assert template_for("../../etc/passwd") == "notice"
    assert template_for("catalog.unheard_of") == "notice"
