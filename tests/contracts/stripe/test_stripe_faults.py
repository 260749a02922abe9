"""What a shop meets when Stripe, or the way to it, breaks."""

import threading
import time

import pytest
import stripe

from tests.contracts.stripe.receiver import Receiver, until
from tests.contracts.stripe.shop import Shop
from tests.contracts.stripe.whole_story import charge_of

SESSIONS = "POST /v1/checkout/sessions"


@pytest.mark.parametrize("kind", ["timeout", "cut"])
def test_an_answer_that_is_lost_after_the_effect_is_had_again_with_the_key(shop: Shop, kind: str) -> None:
    shop.control("POST", "/faults", endpoint=SESSIONS, kind=kind, seconds=0.05)
    with pytest.raises(stripe.APIConnectionError):
        shop.open_session(key="order-1", expires_at=(ends := expiry(shop)))
    session = shop.open_session(key="order-1", expires_at=ends)
    assert session.last_response is not None
    assert session.last_response.headers["idempotent-replayed"] == "true"
    assert [one.id for one in shop.stripe.v1.checkout.sessions.list().data] == [session.id]
    assert [(call["fault"], call["replayed"]) for call in shop.calls("order-1")] == [(kind, False), (None, True)]


def test_stripes_own_retries_find_the_first_answer(shop: Shop) -> None:
    charge = charge_of(shop.paid_session())
    patient = stripe.StripeClient(
        shop.stripe._requestor.api_key or "",
        base_addresses={"api": shop.serving.url},
        max_network_retries=2,
        http_client=stripe.RequestsClient(timeout=5),
    )
    shop.control("POST", "/faults", endpoint="POST /v1/refunds", kind="timeout", seconds=0)
    shop.control("POST", "/faults", endpoint="POST /v1/refunds", kind="error", status=503)
    refund = patient.v1.refunds.create({"charge": charge}, {"idempotency_key": "refund-1"})
    assert (refund.amount, len(shop.calls("refund-1"))) == (6390, 3)
    assert len(shop.stripe.v1.refunds.list().data) == 1


def test_two_at_once_with_one_key_are_one(shop: Shop) -> None:
    shop.control("POST", "/faults", endpoint=SESSIONS, kind="slow", seconds=0.5)
    answers: list[str] = []
    ends = expiry(shop)

    def open_it() -> None:
        try:
            answers.append(shop.open_session(key="order-1", expires_at=ends).id)
        except stripe.APIError as error:
            answers.append(str(error.http_status))

    first = threading.Thread(target=open_it)
    first.start()
    until(lambda: shop.serving.sandbox.keys, "the first request")
    open_it()
    first.join()
    sessions = shop.stripe.v1.checkout.sessions.list().data
    assert answers == ["409", sessions[0].id]
    assert len(sessions) == 1


def test_many_refunds_at_once_give_back_no_more_than_was_paid(shop: Shop) -> None:
    charge = charge_of(shop.paid_session())
    refused: list[str] = []

    def give_back() -> None:
        try:
            shop.stripe.v1.refunds.create({"charge": charge, "amount": 2000})
        except stripe.InvalidRequestError as error:
            refused.append(error.param or "")

    threads = [threading.Thread(target=give_back) for _ in range(6)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert refused == ["amount"] * 3
    assert shop.stripe.v1.charges.retrieve(charge).amount_refunded == 6000


def test_webhooks_that_find_nobody_come_when_somebody_is_there(shop: Shop, receiver: Receiver) -> None:
    receiver.answers = [503] * 4
    shop.paid_session()
    until(lambda: len(receiver.notices) == 8, "four refused and four accepted")
    ids = [event.id for event in receiver.events()]
    assert len(set(ids)) == 4
    until(lambda: all(one["state"] == "delivered" for one in shop.control("GET", "/webhooks")["deliveries"]))


def test_a_clock_moved_forward_ends_sessions(shop: Shop, receiver: Receiver) -> None:
    session = shop.open_session()
    shop.control("POST", "/clock", advance=32 * 60)
    receiver.wait_for("checkout.session.expired")
    assert shop.stripe.v1.checkout.sessions.retrieve(session.id).status == "expired"
    assert shop.control("GET", "/clock")["now"] - time.time() == pytest.approx(32 * 60, abs=5)


def expiry(shop: Shop) -> int:
    """One end for both tries: a key is for the same parameters."""
    return int(shop.serving.sandbox.clock.now()) + 31 * 60
