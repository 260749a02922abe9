"""Carts and fingerprints without a database."""

from datetime import timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from services.orders.domain.carts import LineProblem, fingerprint_of, price_cart
from services.orders.domain.coverage import Uncovered, uncovered
from services.orders.domain.offers import Offer
from tests.unit.orders.making import NOW, an_offer


@given(st.permutations(range(4)), st.integers(0, 3))
def test_a_fingerprint_is_of_offers_versions_and_quantities_in_any_order(order: list[int], changed: int) -> None:
    offers = [an_offer(price) for price in (100, 200, 300, 400)]
    lines = [(offer, 1) for offer in offers]
    same = fingerprint_of([lines[place] for place in order])
    assert same == fingerprint_of(lines)
    more = [(offer, 2 if place == changed else 1) for place, offer in enumerate(offers)]
    assert fingerprint_of(more) != same
    offers[changed].version = 2
    assert fingerprint_of(lines) != same


@given(st.lists(st.tuples(st.integers(0, 10**8 - 1), st.integers(1, 12)), max_size=8))
def test_a_cart_adds_up_what_can_be_bought(wanted: list[tuple[int, int]]) -> None:
    offers = [an_offer(price, max_quantity=10) for price, _ in wanted]
    lines = [(offer.id, quantity) for offer, (_, quantity) in zip(offers, wanted, strict=True)]
    cart = price_cart(lines, {offer.id: offer for offer in offers}, {}, NOW)
    assert cart.total == sum(price * quantity for price, quantity in wanted if quantity <= 10)
    assert [line.problem for line in cart.lines] == [
        LineProblem.TOO_MANY if quantity > 10 else None for _, quantity in wanted
    ]


def test_each_reason_why_a_line_cannot_be_bought_is_told() -> None:
    fine, ended, gone, owned = (an_offer() for _ in range(4))
    ended.ends_at = NOW
    gone.withdrawn_at = NOW - timedelta(days=1)
    offers = {offer.id: offer for offer in (fine, ended, gone, owned)}
    lines = [(id_, 1) for id_ in [*offers, uuid4()]]
    cart = price_cart(lines, offers, {owned.id: LineProblem.ALREADY_BOUGHT}, NOW)
    assert [line.problem for line in cart.lines] == [None, "ended", "withdrawn", "already_bought", "unknown"]
    assert cart.total == fine.price


def covering(kind: str, *lines: tuple[Offer, int]) -> Offer:
    return an_offer(kind=kind, covers=[{"offer_id": str(offer.id), "quantity": count} for offer, count in lines])


def test_a_line_may_need_several_kinds_each_in_its_own_quantity() -> None:
    print_ = an_offer(requires=["freight", "frame"])
    freight, frame = covering("freight", (print_, 2)), covering("frame", (print_, 1))
    assert uncovered([(print_, 2), (freight, 1), (frame, 1)]) == [
        Uncovered(print_.id, "frame"),
        Uncovered(frame.id, None),
    ]
    assert uncovered([(print_, 2), (freight, 1), (covering("frame", (print_, 2)), 1)]) == []


def test_an_offer_that_needs_nothing_stands_alone() -> None:
    assert uncovered([(an_offer(), 3)]) == []
    assert uncovered([]) == []
