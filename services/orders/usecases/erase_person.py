"""A person is erased: their cart goes, their open orders are closed, and of the rest only ids are kept.

Orders hold no name, address or mail address. What an operator wrote about a refund may, so it is blanked.
Amounts, dates and ids stay: E-Commerce Law of the PRC, art. 31 (records of a sale, three years or more).
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from services.orders.domain.access import lock_order
from services.orders.domain.actors import SYSTEM
from services.orders.domain.history import Happened
from services.orders.domain.lifecycle import OrderStatus
from services.orders.domain.orders import Order
from services.orders.domain.refunds import Refund
from services.orders.usecases.change_cart import empty_cart
from services.orders.usecases.close_order import PaymentOnItsWay, begin_closing


def erase_person(session: Session, person_id: UUID, now: datetime) -> None:
    """Keep nothing of a person but ids; safe to repeat."""
    empty_cart(session, person_id)
    for order_id in session.scalars(select(Order.id).where(Order.buyer_id == person_id)).all():
        order = lock_order(session, order_id)
        if order is None or any(entry.kind == Happened.BUYER_ERASED for entry in order.timeline):
            continue
        order.note(Happened.BUYER_ERASED, SYSTEM, now)
        session.execute(update(Refund).where(Refund.order_id == order_id).values(note=""))
        if order.is_open:
            _close(session, order_id, now)


def _close(session: Session, order_id: UUID, now: datetime) -> None:
    try:
        begin_closing(session, order_id, OrderStatus.CANCELLED, SYSTEM, reason="buyer_erased", now=now)
    except PaymentOnItsWay:
        return  # The money decides: the order is paid, or ends when the payment fails.
