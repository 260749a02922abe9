"""A product's way: possible moves are written down, every other one is refused and changes nothing."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.files import FileState, ProductFile
from services.catalog.domain.products import MOVES, Permissions, Product, ProductKind, ProductState
from services.catalog.domain.reviews import Review, ReviewState
from services.catalog.domain.states import MoveRefused

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def draft() -> Product:
    return Product(
        id=uuid4(),
        slug="ink",
        kind=ProductKind.LORA,
        creator_id=uuid4(),
        permissions=Permissions(),
        state=ProductState.DRAFT,
        title_zh="水墨",
        title_en="",
        text_zh="",
        text_en="Ink",
    )


@given(st.lists(st.sampled_from(list(ProductState)), max_size=12))
def test_every_move_is_either_written_down_or_refused_without_a_trace(wishes: list[ProductState]) -> None:
    product = draft()
    for wish in wishes:
        before, written = product.state, len(product.history)
        if MOVES.allows(before, wish):
            product.move(wish, by=None, reason="asked", at=NOW)
            assert (product.history[-1].before, product.history[-1].after) == (before, wish)
            assert len(product.history) == written + 1
        else:
            with pytest.raises(MoveRefused):
                product.move(wish, by=None, reason="asked", at=NOW)
            assert (product.state, len(product.history)) == (before, written)


@given(st.lists(st.sampled_from(list(ProductState)), max_size=12))
def test_nothing_is_published_that_was_not_in_review(wishes: list[ProductState]) -> None:
    product = draft()
    for wish in wishes:
        if MOVES.allows(product.state, wish):
            product.move(wish, by=None, reason="asked", at=NOW)
    for change in product.history:
        if change.after is ProductState.PUBLISHED:
            assert change.before is ProductState.IN_REVIEW
    assert (product.published_at is not None) == any(
        change.after is ProductState.PUBLISHED for change in product.history
    )


def test_a_missing_language_falls_back_to_the_other() -> None:
    product = draft()
    assert (product.title("zh"), product.title("en")) == ("水墨", "水墨")
    assert (product.text("zh"), product.text("en")) == ("Ink", "Ink")


def test_a_review_is_decided_once() -> None:
    review = Review(product_id=uuid4(), state=ReviewState.OPEN, opened_at=NOW)
    review.close(ReviewState.APPROVED, by=uuid4(), note="", at=NOW)
    with pytest.raises(MoveRefused):
        review.close(ReviewState.REJECTED, by=uuid4(), note="", at=NOW)


def test_a_refused_file_stays_refused_and_keeps_no_bytes() -> None:
    file = ProductFile(state=FileState.INSPECTING, key="catalog/files/x", size=1)
    file.refuse("pickle-refused", "It is a pickle.", NOW)
    assert (file.state, file.key) == (FileState.REFUSED, None)
    with pytest.raises(MoveRefused):
        file.move(FileState.READY)
