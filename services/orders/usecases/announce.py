"""Tell the other services of an order, and a person of theirs."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.orders.domain.facts import order_fact
from services.orders.domain.lifecycle import OrderStatus
from services.orders.domain.orders import Order
from shared.contracts import (
    NOTICE_WANTED,
    ORDER_CANCELLED,
    ORDER_COMPLETED,
    ORDER_EXPIRED,
    ORDER_PAID,
    ORDER_PLACED,
    ORDER_REFUNDED,
    Contract,
)
from shared.contracts.facts import Notice
from shared.contracts.orders import Order as OrderFact
from shared.ids import new_id
from shared.messaging.envelope import Event
from shared.messaging.outbox import emit

SOURCE = "orders"
PRESENT: dict[str, Contract[OrderFact]] = {
    OrderStatus.AWAITING_PAYMENT: ORDER_PLACED,
    OrderStatus.PAID: ORDER_PAID,
    OrderStatus.COMPLETED: ORDER_COMPLETED,
    OrderStatus.EXPIRED: ORDER_EXPIRED,
    OrderStatus.CANCELLED: ORDER_CANCELLED,
    OrderStatus.REFUNDED: ORDER_REFUNDED,
}


def announce(session: Session, order: Order, contract: Contract[OrderFact], now: datetime) -> None:
    """Emit the whole order as its next version. The caller holds the order's lock."""
    order.version += 1
    emit(session, SOURCE, contract, order_fact(order), subject=order.id, now=now)


def announce_present(session: Session, order: Order, now: datetime) -> None:
    """Emit the order's next version by what it is now: a fact that came later, such as the fee."""
    announce(session, order, PRESENT[order.status], now)


def repeat(session: Session, order: Order, now: datetime) -> Event:
    """Emit the order's present version once more, for a consumer that never had it."""
    return emit(session, SOURCE, PRESENT[order.status], order_fact(order), subject=order.id, now=now)


def want_notice(session: Session, order: Order, topic: str, now: datetime, **facts: Any) -> None:
    """Have the buyer told: order-paid, order-refunded, late-payment-refunded. Money in `facts` is fen."""
    told = {"number": order.number, "order_id": str(order.id), "currency": order.currency} | facts
    notice = Notice(new_id(), order.buyer_id, topic, told, f"/orders/{order.id}", now)
    emit(session, SOURCE, NOTICE_WANTED, notice, subject=order.id, now=now)
