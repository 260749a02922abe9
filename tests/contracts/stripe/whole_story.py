"""Everything the shop ever asks Stripe, told once from beginning to end."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import stripe

from tests.contracts.stripe.receiver import Receiver, until
from tests.contracts.stripe.shop import Exchange, Shop


@dataclass
class Story:
    """What was said in both directions."""

    exchanges: list[Exchange]
    events: list[dict[str, Any]]


def tell(shop: Shop, receiver: Receiver) -> Story:
    """Sell in every way, give back in every way, and ask about all of it."""
    sell(shop)
    fail_to_sell(shop)
    give_back(shop, receiver)
    dispute(shop, receiver)
    ask(shop)
    until(lambda: not pending(shop), "the last webhook")
    return Story(shop.heard, [event.to_dict() for event in receiver.events()])


def sell(shop: Shop) -> None:
    """Card, both wallets, and a payment that arrives later."""
    for method in ("card", "alipay", "wechat_pay"):
        shop.paid_session(method)
    shop.paid_session("card", "later", payment_method_types=["card"], payment_method_options={})
    late = shop.paid_session("alipay", "later")
    until(lambda: shop.read(late.id).payment_status == "paid", "the late payment")


def fail_to_sell(shop: Shop) -> None:
    """A decline, a wallet's refusal, a late failure, and a session that nobody pays."""
    shop.paid_session("card", "decline")
    shop.paid_session("wechat_pay", "decline")
    failed = shop.paid_session("wechat_pay", "later_fail")
    left = shop.open_session()
    shop.stripe.v1.checkout.sessions.expire(left.id)
    begun = shop.paid_session("alipay", "decline")
    shop.stripe.v1.checkout.sessions.expire(begun.id)
    refused(partial(shop.stripe.v1.checkout.sessions.expire, left.id))
    intent = shop.read(failed.id).payment_intent
    assert isinstance(intent, stripe.PaymentIntent)
    refused(partial(shop.stripe.v1.payment_intents.cancel, intent.id))
    refused(partial(shop.stripe.v1.checkout.sessions.retrieve, "cs_test_nobody"))


def give_back(shop: Shop, receiver: Receiver) -> None:
    """Refunds in part and in full, to a card and to a wallet, one of which fails."""
    refunds = shop.stripe.v1.refunds
    card, wallet = shop.paid_session("card"), shop.paid_session("wechat_pay")
    first = refunds.create(
        {
            "payment_intent": intent_of(card),
            "amount": 1000,
            "reason": "requested_by_customer",
            "metadata": {"id": "1"},
        }
    )
    refunds.create({"charge": charge_of(card)})
    refused(partial(refunds.create, {"charge": charge_of(card)}))
    pending = refunds.create({"payment_intent": intent_of(wallet), "expand": ["charge", "balance_transaction"]})
    until(lambda: refunds.retrieve(pending.id).status == "succeeded", "the wallet's refund")
    refunds.retrieve(first.id, {"expand": ["payment_intent"]})
    shop.control("POST", "/refunds/fail-next", times=1)
    again = shop.paid_session("alipay")
    failing = refunds.create({"payment_intent": intent_of(again)})
    until(lambda: refunds.retrieve(failing.id).status == "failed", "the refund that fails")
    receiver.wait_for("refund.failed")


def dispute(shop: Shop, receiver: Receiver) -> None:
    """A dispute won and one lost."""
    for outcome in ("won", "lost"):
        charge = charge_of(shop.paid_session("card"))
        opened = shop.control("POST", f"/charges/{charge}/dispute")
        shop.control("POST", f"/disputes/{opened['id']}/close", outcome=outcome)
        shop.stripe.v1.disputes.retrieve(opened["id"])
    shop.stripe.v1.disputes.list({"limit": 1, "expand": ["data.charge"]})
    receiver.wait_for("charge.dispute.closed", "charge.dispute.funds_reinstated")


def ask(shop: Shop) -> None:
    """Every way of looking."""
    v1 = shop.stripe.v1
    session = shop.paid_session("card")
    intent, charge = intent_of(session), charge_of(session)
    v1.checkout.sessions.retrieve(session.id, {"expand": ["line_items", "payment_intent.payment_method"]})
    v1.checkout.sessions.list({"payment_intent": intent, "limit": 1})
    v1.checkout.sessions.line_items.list(session.id, {"limit": 1})
    v1.payment_intents.retrieve(intent, {"expand": ["latest_charge.balance_transaction", "latest_charge.refunds"]})
    v1.payment_intents.list({"limit": 3, "created": {"gte": 1}, "expand": ["data.latest_charge"]})
    v1.charges.retrieve(charge, {"expand": ["balance_transaction", "refunds"]})
    v1.charges.list({"payment_intent": intent})
    booked = v1.balance_transactions.list({"source": charge, "expand": ["data.source"]}).data[0]
    v1.balance_transactions.retrieve(booked.id)
    v1.balance.retrieve()
    v1.refunds.list({"limit": 2})
    event = v1.events.list({"type": "charge.*", "limit": 2, "created": {"gte": 1}}).data[0]
    v1.events.list({"types": ["checkout.session.completed"], "delivery_success": True})
    v1.events.retrieve(event.id)
    endpoint = v1.webhook_endpoints.create(
        {"url": "http://127.0.0.1:9/other", "enabled_events": ["charge.refunded"], "description": "another"}
    )
    v1.webhook_endpoints.retrieve(endpoint.id)
    v1.webhook_endpoints.list()
    v1.webhook_endpoints.delete(endpoint.id)


def intent_of(session: stripe.checkout.Session) -> str:
    """The id of the intent of a session read with everything."""
    assert isinstance(session.payment_intent, stripe.PaymentIntent)
    return session.payment_intent.id


def charge_of(session: stripe.checkout.Session) -> str:
    """The id of the charge of a session read with everything."""
    assert isinstance(session.payment_intent, stripe.PaymentIntent)
    assert isinstance(session.payment_intent.latest_charge, stripe.Charge)
    return session.payment_intent.latest_charge.id


def refused(call: Any) -> stripe.InvalidRequestError:
    """Make a call that Stripe refuses."""
    try:
        call()
    except stripe.InvalidRequestError as error:
        return error
    raise AssertionError("it was not refused")


def pending(shop: Shop) -> list[Any]:
    """Deliveries still to come."""
    return [one for one in shop.control("GET", "/webhooks")["deliveries"] if one["state"] == "pending"]
