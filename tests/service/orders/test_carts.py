"""Carts: priced by us, kept by whoever has the token."""

from dataclasses import replace
from uuid import uuid4

import pytest
from sqlalchemy import text

from services.orders.worker import handlers
from shared.auth import Reader
from shared.contracts import OFFER_PUBLISHED
from shared.messaging.timers import Timer
from tests.service.orders.till import SIGNER, Customer, Till


def test_a_cart_follows_the_offers(till: Till) -> None:
    customer, offer = till.customer(), till.offer(3990, max_quantity=9)
    assert customer.put(offer, 2).body["total"] == 7980
    before = customer.cart()["fingerprint"]
    till.tell("catalog", OFFER_PUBLISHED, replace(offer, version=2, price=2990))
    after = customer.cart()
    assert (after["total"], after["lines"][0]["price"]) == (5980, 2990)
    assert after["fingerprint"] != before


def test_putting_twice_sets_and_taking_out_twice_is_harmless(till: Till) -> None:
    customer, offer = till.customer(), till.offer(max_quantity=9)
    customer.put(offer, 5)
    assert customer.put(offer, 3).body["lines"][0]["quantity"] == 3
    for _ in range(2):
        assert customer.ask("DELETE", f"/cart/lines/{offer.offer_id}").body["lines"] == []


def test_a_withdrawn_line_stays_with_its_reason_and_outside_the_total(till: Till) -> None:
    customer, gone, left = till.customer(), till.offer(1000), till.offer(2000)
    customer.put(gone)
    customer.put(left)
    till.withdraw(gone)
    cart = customer.cart()
    assert [(line["available"], line["problem"]) for line in cart["lines"]] == [
        (False, "withdrawn"),
        (True, None),
    ]
    assert cart["total"] == 2000


def test_what_is_owned_is_shown_as_owned(till: Till) -> None:
    offer = till.offer()
    customer = till.customer()
    customer.put(offer)
    till.paid_order(offer, by=customer)
    answer = customer.put(offer)
    assert (answer.status, answer.slug) == (409, "already-bought")


@pytest.mark.parametrize(
    "quantity",
    [0, -1, 10**9, 1.5, True, "1", None, 2],
    ids=["0", "-1", "10^9", "1.5", "true", "text", "null", "2"],
)
def test_a_quantity_that_is_not_for_sale_is_refused(till: Till, quantity: object) -> None:
    customer, offer = till.customer(), till.offer()
    answer = customer.ask("PUT", f"/cart/lines/{offer.offer_id}", {"quantity": quantity})
    assert answer.status == 422
    assert answer.body["errors"][0]["pointer"] == "/quantity"
    assert customer.cart()["lines"] == []


def test_a_price_from_the_client_is_refused(till: Till) -> None:
    customer, offer = till.customer(), till.offer()
    answer = customer.ask("PUT", f"/cart/lines/{offer.offer_id}", {"quantity": 1, "price": 1})
    assert answer.status == 422
    assert answer.body["errors"][0]["pointer"] == "/price"


def test_a_guest_has_a_cart_and_nothing_else(till: Till) -> None:
    guest, offer = till.guest(), till.offer()
    assert guest.put(offer).status == 200
    assert guest.ask("GET", "/orders").status == 401
    assert guest.place(offer).status == 401


def test_a_guests_cart_comes_along_at_sign_in_once(till: Till) -> None:
    guest, customer = till.guest(), till.customer()
    shared_offer, only_guests = till.offer(max_quantity=4), till.offer()
    guest.put(shared_offer, 3)
    guest.put(only_guests)
    customer.put(shared_offer, 2)
    for _ in range(2):
        merged = customer.ask("POST", "/cart/merge", X_Guest_Token=guest.token)
        assert merged.status == 200
        quantities = {line["offer_id"]: line["quantity"] for line in merged.body["lines"]}
        assert quantities == {str(shared_offer.offer_id): 4, str(only_guests.offer_id): 1}
    assert guest.cart()["lines"] == []


def test_only_a_guests_own_token_moves_a_cart(till: Till) -> None:
    victim, thief, offer = till.customer(), till.customer(), till.offer()
    victim.put(offer)
    assert thief.ask("POST", "/cart/merge", X_Guest_Token=victim.token).status == 403
    assert thief.ask("POST", "/cart/merge", X_Guest_Token="made.up.token").status == 401
    assert thief.ask("POST", "/cart/merge").status == 400
    elsewhere = SIGNER.sign("catalog", Reader(victim.id, frozenset({"guest"})))
    assert thief.ask("POST", "/cart/merge", X_Guest_Token=elsewhere).status == 401
    assert len(victim.cart()["lines"]) == 1


def test_a_cart_has_a_last_line(till: Till) -> None:
    customer = till.customer()
    limit = till.desk.settings.cart_lines
    with till.desk.database.transaction() as session:
        session.execute(
            text(
                "INSERT INTO cart_lines SELECT :owner, gen_random_uuid(), 1, now(), now()"
                " FROM generate_series(1, :count)"
            ),
            {"owner": customer.id, "count": limit},
        )
    answer = customer.put(till.offer())
    assert (answer.status, answer.slug) == (422, "cart-full")


def test_somebody_elses_cart_is_not_reached_by_any_path(till: Till) -> None:
    customer, offer = till.customer(), till.offer()
    customer.put(offer)
    stranger = Customer(till, Reader(uuid4(), frozenset({"customer"})))
    assert stranger.cart()["lines"] == []
    assert stranger.ask("DELETE", f"/cart/lines/{offer.offer_id}").status == 200
    assert len(customer.cart()["lines"]) == 1


def test_an_untouched_cart_is_forgotten(till: Till) -> None:
    customer, offer = till.customer(), till.offer()
    customer.put(offer)
    till.advance(days=till.desk.settings.cart_days + 1)
    handlers(till.desk)["prune"](Timer("prune", "every", till.clock.now()))
    assert customer.cart()["lines"] == []
