"""Our own copy of the offers: the newest version heard of, whatever order events come in."""

from dataclasses import replace
from datetime import timedelta
from itertools import permutations
from uuid import uuid4

import pytest

from services.orders.usecases.hear_of_offer import ForeignOffer
from shared.contracts import OFFER_PUBLISHED, OFFER_WITHDRAWN
from shared.contracts.offers import WithdrawnOffer
from tests.service.orders.till import Till, covering, party


def test_an_older_version_that_arrives_late_is_dropped(till: Till) -> None:
    offer = till.offer(3990, version=2)
    till.tell("catalog", OFFER_PUBLISHED, replace(offer, version=1, price=1000))
    customer = till.customer()
    assert customer.put(offer).body["total"] == 3990


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_published_withdrawn_and_republished_end_the_same_in_every_order(till: Till, order: tuple[int, ...]) -> None:
    offer = till.offer(3990)
    again = replace(offer, version=3, price=4990)
    facts = [
        lambda: till.tell("catalog", OFFER_PUBLISHED, offer),
        lambda: till.withdraw(offer, 2),
        lambda: till.tell("catalog", OFFER_PUBLISHED, again),
    ]
    for index in order:
        facts[index]()
    assert till.customer().put(offer).body["total"] == 4990


def test_a_withdrawal_that_overtakes_its_offer_keeps_it_off_sale(till: Till) -> None:
    offer_id = uuid4()
    withdrawn = WithdrawnOffer(offer_id, 2, "asked_for", till.clock.now())
    till.tell("catalog", OFFER_WITHDRAWN, withdrawn)
    offer = till.offer(offer_id=offer_id)
    answer = till.customer().put(offer)
    assert (answer.status, answer.slug) == (409, "offer-withdrawn")


def test_a_service_cannot_publish_or_withdraw_anothers_offer(till: Till) -> None:
    offer = till.offer(3990)
    cheaper = replace(offer, version=2, price=1, publisher="fulfillment")
    with pytest.raises(ForeignOffer):
        till.tell("fulfillment", OFFER_PUBLISHED, cheaper)
    with pytest.raises(ForeignOffer):
        till.tell("fulfillment", OFFER_PUBLISHED, replace(offer, version=2, price=1))
    with pytest.raises(ForeignOffer):
        till.tell("fulfillment", OFFER_WITHDRAWN, WithdrawnOffer(offer.offer_id, 2, "", till.clock.now()))
    assert till.customer().put(offer).body["total"] == 3990


def test_an_offer_cannot_be_bought_after_its_end(till: Till) -> None:
    offer = till.offer(ends_at=till.clock.now() + timedelta(hours=1))
    customer = till.customer()
    customer.put(offer)
    till.advance(hours=1)
    cart = customer.cart()
    assert [(line["available"], line["problem"]) for line in cart["lines"]] == [(False, "ended")]
    assert cart["total"] == 0
    line = {"offer_id": str(offer.offer_id), "quantity": 1}
    answer = customer.place(lines=[line])
    assert (answer.status, answer.slug) == (409, "offer-withdrawn")


def test_a_private_offer_is_unknown_to_everybody_else(till: Till) -> None:
    buyer, other = till.customer(), till.customer()
    offer = till.offer(buyer=party(buyer.id))
    unknown = till.offer()
    refused = other.put(offer)
    till_unknown = other.ask("PUT", f"/cart/lines/{uuid4()}", {"quantity": 1})
    assert (refused.status, refused.slug) == (till_unknown.status, till_unknown.slug) == (409, "offer-unknown")
    line = {"offer_id": str(offer.offer_id), "quantity": 1}
    answer = other.place(unknown, lines=[line])
    assert (answer.status, answer.slug) == (409, "offer-unknown")
    assert buyer.place(offer).status == 201


def test_an_organisations_offer_is_for_its_members(till: Till) -> None:
    organisation = uuid4()
    member, stranger = till.customer(organisations=(organisation,)), till.customer()
    offer = till.offer(buyer=party(organisation, "organisation"))
    assert stranger.put(offer).status == 409
    placed = member.place(offer, organisation_id=str(organisation))
    assert placed.status == 201
    colleague = till.customer(organisations=(organisation,))
    assert colleague.order(placed.body["id"])["number"] == placed.body["number"]
    assert stranger.ask("GET", f"/orders/{placed.body['id']}").status == 404


def test_withdrawing_a_private_offer_closes_the_open_order_that_holds_it(till: Till) -> None:
    buyer = till.customer()
    offer = till.offer(buyer=party(buyer.id))
    order = buyer.place(offer).body
    till.withdraw(offer)
    assert till.status(order["id"]) == "cancelled"
    assert buyer.order(order["id"])["timeline"][-1]["data"] == {"reason": "offer_withdrawn"}
    assert len(till.events("order.cancelled%")) == 1


def test_withdrawing_a_public_offer_honours_orders_placed_before(till: Till) -> None:
    customer, offer = till.customer(), till.offer()
    order = customer.place(offer).body
    till.withdraw(offer)
    customer.start(order["id"])
    till.pay_at_gateway(order["id"])
    till.until(lambda: till.status(order["id"]) == "paid")


def test_one_open_or_paid_order_holds_a_private_offer(till: Till) -> None:
    organisation = uuid4()
    one, two = (till.customer(organisations=(organisation,)) for _ in range(2))
    offer = till.offer(buyer=party(organisation, "organisation"))
    two.put(offer)
    cart = two.cart()
    order = one.place(offer).body
    lines = [{"offer_id": str(offer.offer_id), "quantity": 1}]
    answer = two.place(lines=lines, fingerprint=cart["fingerprint"])
    assert (answer.status, answer.slug, answer.body["hold"]) == (409, "already-bought", "in_open_order")
    one.cancel(order["id"])
    assert till.status(order["id"]) == "cancelled"
    assert two.place(lines=lines, fingerprint=cart["fingerprint"]).status == 201


def test_a_line_that_requires_freight_is_refused_until_freight_covers_it_exactly(till: Till) -> None:
    customer = till.customer()
    shirt = till.offer(9900, kind="merchandise", requires=["freight"], max_quantity=5, publisher="fulfillment")
    customer.put(shirt, 2)
    assert customer.cart()["lines"][0]["missing"] == ["freight"]
    refused = customer.place()
    assert (refused.status, refused.slug) == (422, "line-uncovered")
    assert refused.body["lines"] == [{"offer_id": str(shirt.offer_id), "needs": "freight"}]

    wrong = till.offer(
        1200, kind="freight", publisher="fulfillment", buyer=party(customer.id), covers=covering((shirt, 1))
    )
    customer.put(wrong)
    assert customer.place().slug == "line-uncovered"
    customer.ask("DELETE", f"/cart/lines/{wrong.offer_id}")

    right = till.offer(
        1200, kind="freight", publisher="fulfillment", buyer=party(customer.id), covers=covering((shirt, 2))
    )
    customer.put(right)
    placed = customer.place()
    assert placed.status == 201
    assert placed.body["total"] == 2 * 9900 + 1200


def test_freight_is_not_sold_without_what_it_covers(till: Till) -> None:
    customer = till.customer()
    shirt = till.offer(9900, max_quantity=5)
    freight = till.offer(1200, kind="freight", buyer=party(customer.id), covers=covering((shirt, 2)))
    answer = customer.place(freight)
    assert (answer.status, answer.slug) == (422, "line-uncovered")
