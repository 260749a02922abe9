"""Webhooks: signed, tried again, held back, reordered, doubled, and never lost."""

import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import stripe

from tests.unit.sandbox.till import Till

SECRET = "whsec_a_secret_of_the_tests"
URL = "http://shop.test/webhooks/stripe"


@pytest.fixture
def till(tmp_path: Path) -> Iterator[Till]:
    till = Till(tmp_path, webhook_url=URL, webhook_secret=SECRET, webhook_retries=(1.0, 10.0))
    yield till
    till.close()


def deliver(till: Till) -> list[str]:
    """Send what is due; the types that went out."""
    before = len(till.sent)
    till.sandbox.deliveries.deliver_due()
    return [json.loads(one.payload)["type"] for one in till.sent[before:]]


def test_every_event_goes_out_signed(till: Till) -> None:
    till.paid()
    assert deliver(till) == till.types()
    for one in till.sent:
        event = stripe.Webhook.construct_event(one.payload, one.headers["Stripe-Signature"], SECRET)
        assert (one.url, event.object, event.pending_webhooks) == (URL, "event", 1)
    assert deliver(till) == []


def test_the_signature_is_stripes(till: Till) -> None:
    till.paid()
    deliver(till)
    stamp, signature = (part.split("=")[1] for part in till.sent[0].headers["Stripe-Signature"].split(","))
    signed = f"{stamp}.".encode() + till.sent[0].payload
    assert signature == hmac.new(SECRET.encode(), signed, "sha256").hexdigest()
    assert abs(int(stamp) - time.time()) < 60


@pytest.mark.parametrize("answer", [300, 404, 500, requests.ConnectionError, requests.Timeout])
def test_what_is_not_accepted_is_tried_again(till: Till, answer: int | type[requests.RequestException]) -> None:
    till.open_session()
    till.stripe.v1.checkout.sessions.expire(till.stripe.v1.checkout.sessions.list().data[0].id)
    till.answers = [answer, answer]
    assert deliver(till) == ["checkout.session.expired"]
    assert deliver(till) == []
    till.sandbox.clock.advance(1.5)
    assert deliver(till) == ["checkout.session.expired"]
    till.sandbox.clock.advance(5)
    assert deliver(till) == []
    till.sandbox.clock.advance(6)
    assert deliver(till) == ["checkout.session.expired"]
    history = till.control("GET", "/webhooks")["deliveries"]
    assert [one["state"] for one in history] == ["delivered"]
    assert len(history[0]["tries"]) == 3
    assert till.stripe.v1.events.list().data[0].pending_webhooks == 0


def test_after_three_days_it_is_given_up(till: Till) -> None:
    till.paid()
    till.answers = [500] * 20
    deliver(till)
    till.sandbox.clock.advance(3 * 24 * 3600)
    deliver(till)
    assert {one["state"] for one in till.control("GET", "/webhooks")["deliveries"]} == {"given_up"}
    till.sandbox.clock.advance(3600)
    assert deliver(till) == []
    assert len(till.stripe.v1.events.list({"delivery_success": False}).data) == 4


def test_held_webhooks_go_out_in_the_order_asked_for(till: Till) -> None:
    till.control("POST", "/webhooks/hold")
    till.paid()
    assert deliver(till) == []
    till.control("POST", "/webhooks/release", order="reversed")
    assert deliver(till) == till.types()[::-1]


def test_a_shuffle_is_the_same_for_the_same_seed(till: Till) -> None:
    orders = []
    for _ in range(2):
        till.sandbox.reset()
        till.control("POST", "/webhooks/hold")
        till.paid("alipay")
        till.control("POST", "/webhooks/release", order="shuffled", seed=3)
        orders.append(deliver(till))
    assert orders[0] == orders[1]
    assert sorted(orders[0]) == sorted(till.types())


def test_an_event_can_be_sent_again_and_doubled(till: Till) -> None:
    till.paid()
    deliver(till)
    event = till.stripe.v1.events.list({"type": "charge.succeeded"}).data[0]
    till.control("POST", "/webhooks/deliver", event=event.id, times=2)
    assert deliver(till) == ["charge.succeeded"] * 2
    till.control("POST", "/webhooks/settings", copies=2)
    till.stripe.v1.refunds.create({"charge": event.data.object["id"]})
    assert deliver(till) == ["charge.refunded"] * 2 + ["refund.created"] * 2


def test_a_skewed_clock_makes_an_old_signature(till: Till) -> None:
    till.control("POST", "/webhooks/settings", timestamp_offset=-400)
    till.paid()
    deliver(till)
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(till.sent[0].payload, till.sent[0].headers["Stripe-Signature"], SECRET)


def test_an_endpoint_hears_what_it_listens_to_under_its_own_secret(till: Till) -> None:
    endpoint = till.stripe.v1.webhook_endpoints.create(
        {"url": "http://other.test/", "enabled_events": ["charge.succeeded"]}
    )
    till.paid()
    deliver(till)
    heard = [one for one in till.sent if one.url == "http://other.test/"]
    assert len(heard) == 1
    assert endpoint.secret
    stripe.Webhook.construct_event(heard[0].payload, heard[0].headers["Stripe-Signature"], endpoint.secret)
    assert not hasattr(till.stripe.v1.webhook_endpoints.retrieve(endpoint.id), "secret")


def test_what_waits_for_a_deleted_endpoint_is_given_up(till: Till) -> None:
    endpoint = till.stripe.v1.webhook_endpoints.create({"url": "http://other.test/", "enabled_events": ["*"]})
    till.paid()
    till.stripe.v1.webhook_endpoints.delete(endpoint.id)
    deliver(till)
    assert {one.url for one in till.sent} == {URL}


def test_all_is_as_it_was_after_a_restart(till: Till, tmp_path: Path) -> None:
    intent = till.paid("alipay", "later")
    session = till.open_session(key="order-1")
    till.sandbox.clock.advance(3600)
    till.close()
    again = Till(tmp_path, webhook_url=URL, webhook_secret=SECRET)
    assert again.open_session(key="order-1").id == session.id
    assert again.sandbox.clock.offset == 3600
    assert len(again.stripe.v1.webhook_endpoints.list().data) == 1
    assert again.sandbox.timers.run_due() == 1
    assert again.stripe.v1.payment_intents.retrieve(intent.id).status == "succeeded"
    assert deliver(again) == again.types()
    again.close()
