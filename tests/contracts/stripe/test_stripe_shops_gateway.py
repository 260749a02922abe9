"""The shop's own gateway, as orders uses it, held against Stripe's description and the stand-in's behaviour."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import stripe
from pydantic import SecretStr

from services.orders.gateways.payments import CheckoutItem, GatewayRefused, WantedCheckout, WantedRefund
from services.orders.gateways.payments.stripe import StripeGateway
from services.orders.settings import OrdersSettings
from tests.contracts.stripe.openapi import answer_problem, request_problem
from tests.contracts.stripe.receiver import SECRET, Receiver
from tests.contracts.stripe.shop import KEY, Exchange, RecordingClient, Shop

ORDER, REFUND = UUID("0198a4c2-0000-7000-8000-000000000001"), UUID("0198a4c2-0000-7000-8000-000000000002")


@pytest.fixture
def heard() -> list[Exchange]:
    return []


@pytest.fixture
def gateway(shop: Shop, heard: list[Exchange], monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeGateway]:
    monkeypatch.setattr(stripe, "RequestsClient", lambda **options: RecordingClient(heard, **options))
    settings: dict[str, Any] = {
        "environment": "demo",
        "database_url": "postgresql+psycopg://nobody@127.0.0.1/none",
        "broker_url": "memory://",
        "stripe_api_key": SecretStr(KEY),
        "stripe_api_base": shop.serving.url,
        "stripe_webhook_secret": SecretStr(SECRET),
        "public_url": "http://127.0.0.1:9",
    }
    yield StripeGateway(OrdersSettings.model_construct(**settings))
    wrong = {str(one): request_problem(one.method, one.path, one.sent) for one in heard}
    wrong |= {f"{one}!": answer_problem(one.method, one.path, one.status, one.body) for one in heard}
    assert not {name: problem for name, problem in wrong.items() if problem}


def wanted() -> WantedCheckout:
    """A checkout as orders asks for one."""
    return WantedCheckout(
        key=f"checkout-{uuid4()}",
        order_id=ORDER,
        payment_id=uuid4(),
        number="HF-1001",
        currency="CNY",
        items=[CheckoutItem("水墨山水 LoRA", 3990, 1), CheckoutItem("胶片光影预设", 1200, 2)],
        language="zh",
        return_path="/orders/1",
        expires_at=datetime.now(UTC) + timedelta(minutes=31),
    )


def test_a_checkout_is_opened_paid_read_and_given_back(shop: Shop, gateway: StripeGateway) -> None:
    opened = gateway.open_checkout(wanted())
    assert (opened.status, opened.amount, opened.currency, opened.order_id) == ("open", 6390, "CNY", str(ORDER))
    shop.pay(opened.id, "alipay")
    paid = gateway.read_checkout(opened.id)
    assert paid.intent is not None
    assert paid.intent.charge is not None
    assert (paid.payment_status, paid.intent.received, paid.intent.method) == ("paid", 6390, "alipay")
    assert paid.intent.charge.fee == 217 + 235
    assert gateway.find_checkout(paid.intent.id) == paid
    refund = gateway.refund(WantedRefund(REFUND, ORDER, paid.intent.id, 1000, "asked"))
    assert (refund.amount, refund.refund_id) == (1000, str(REFUND))
    assert gateway.find_refunds(paid.intent.id)[0].id == gateway.read_refund(refund.id).id == refund.id


def test_a_checkout_is_closed_once_and_read_when_it_was_paid(shop: Shop, gateway: StripeGateway) -> None:
    left, taken = gateway.open_checkout(wanted()), gateway.open_checkout(wanted())
    shop.pay(taken.id)
    assert [gateway.close_checkout(left.id).status for _ in range(2)] == ["expired", "expired"]
    assert gateway.close_checkout(taken.id).payment_status == "paid"


def test_more_than_was_paid_is_a_final_no(shop: Shop, gateway: StripeGateway) -> None:
    opened = gateway.open_checkout(wanted())
    shop.pay(opened.id)
    intent = gateway.read_checkout(opened.id).intent
    assert intent is not None
    with pytest.raises(GatewayRefused):
        gateway.refund(WantedRefund(REFUND, ORDER, intent.id, 6391, "asked"))


def test_notices_and_the_list_of_events_tell_the_same(shop: Shop, gateway: StripeGateway, receiver: Receiver) -> None:
    opened = gateway.open_checkout(wanted())
    shop.pay(opened.id)
    receiver.wait_for("checkout.session.completed")
    told = {(one := gateway.read_notice(body, signature)).id: one.type for body, signature in receiver.notices}
    listed = {one.id: one.type for one in gateway.events_since(datetime.now(UTC) - timedelta(hours=1))}
    assert told == listed


def test_a_dispute_is_read(shop: Shop, gateway: StripeGateway) -> None:
    opened = gateway.open_checkout(wanted())
    shop.pay(opened.id, "card", "disputed")
    intent = gateway.read_checkout(opened.id).intent
    assert intent is not None
    assert intent.charge is not None
    shop.control("POST", "/clock", advance=5)
    found = shop.stripe.v1.disputes.list({"charge": intent.charge.id}).data
    while not found:
        found = shop.stripe.v1.disputes.list({"charge": intent.charge.id}).data
    report = gateway.read_dispute(found[0].id)
    assert (report.amount, report.intent_id, report.status) == (6390, intent.id, "needs_response")
