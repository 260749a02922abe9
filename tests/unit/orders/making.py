"""Orders, offers and payments that stand in no database."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.orders.domain import orders
from services.orders.domain.actors import Actor, ActorKind
from services.orders.domain.lines import freeze
from services.orders.domain.offers import Offer
from services.orders.domain.orders import Order
from services.orders.domain.payments import Payment, PaymentStatus

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
BUYER = Actor(ActorKind.BUYER, UUID("01a20000-0000-7000-8000-000000000001"))


def an_offer(price: int = 3990, **changes: Any) -> Offer:
    values: dict[str, Any] = {
        "id": uuid4(),
        "version": 1,
        "publisher": "catalog",
        "kind": "lora",
        "reference": uuid4(),
        "title": {"zh": "山水", "en": "Landscape"},
        "price": price,
        "currency": "CNY",
        "max_quantity": 1,
        "works": [],
        "url": "",
        "picture_url": "",
        "terms": [],
        "requires": [],
        "covers": [],
        "published_at": NOW,
    }
    return Offer(**(values | changes))


def an_order(*amounts: int, quantities: tuple[int, ...] = ()) -> Order:
    counts = quantities or (1,) * len(amounts)
    lines = [
        freeze(an_offer(amount, max_quantity=99), count, place, BUYER.id or uuid4(), NOW)
        for place, (amount, count) in enumerate(zip(amounts, counts, strict=True))
    ]
    return orders.place(
        lines,
        buyer=BUYER,
        buyer_id=BUYER.id or uuid4(),
        organisation_id=None,
        fingerprint="",
        currency="CNY",
        now=NOW,
        expires_at=NOW + timedelta(minutes=30),
    )


def a_payment(order: Order, attempt: int = 1) -> Payment:
    return Payment(
        id=uuid4(),
        order_id=order.id,
        attempt=attempt,
        status=PaymentStatus.OPEN,
        amount=order.total,
        currency=order.currency,
        livemode=False,
        intent_id=f"pi_{attempt}",
        method="card",
        captured=0,
        refunded=0,
        reserved=0,
        settles=False,
        checks=0,
        next_check_at=NOW,
    )
