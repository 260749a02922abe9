"""The buyer, or an operator, does not want an unpaid order any more."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from services.orders.domain.access import lock_order
from services.orders.domain.actors import Actor
from services.orders.domain.lifecycle import OrderStatus, check_move
from services.orders.domain.orders import Order
from services.orders.usecases.close_order import begin_closing
from shared.problems import NotFound


def cancel_order(session: Session, order_id: UUID, actor: Actor, *visible: ColumnElement[bool], now: datetime) -> Order:
    """The order, cancelled, or closing when its checkout must be closed at the gateway first.

    Raises NotFound for one that `visible` hides, IllegalMove once it is not open, PaymentOnItsWay (409).
    """
    order = lock_order(session, order_id, *visible)
    if order is None:
        raise NotFound()
    check_move(order.status, OrderStatus.CANCELLED)
    begin_closing(session, order_id, OrderStatus.CANCELLED, actor, reason="asked_for", now=now)
    return order
