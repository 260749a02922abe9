"""Refund lines of an order: reserved in the database first, asked of the gateway a moment later."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.orders.domain.access import lock_order, settling_payment
from services.orders.domain.actors import Actor
from services.orders.domain.history import Happened
from services.orders.domain.orders import Order
from services.orders.domain.payments import Payment
from services.orders.domain.refunds import Refund, RefundOrigin, reserve
from services.orders.usecases.later import ASK_REFUND, soon
from shared.problems import Conflict, Invalid, NotFound


class OrderNotPaid(Conflict):
    slug, title = "order-not-paid", "Nothing was paid for this order"


class UnknownLine(Invalid):
    slug, title = "unknown-line", "The order has no such line"


def refund_order(
    session: Session,
    order_id: UUID,
    amounts: Mapping[UUID, int],
    operator: Actor,
    now: datetime,
    *,
    reason: str,
    note: str = "",
    revoke_access: bool = False,
) -> tuple[Order, Refund]:
    """Reserve a refund of `amounts` (fen by line id) on an operator's word; nobody else is asked.

    Raises NotFound, OrderNotPaid (409), UnknownLine (422), and RefundTooLarge (422) for more than a line has left:
    of two at once, the second sees what the first reserved.
    """
    order = lock_order(session, order_id)
    if order is None:
        raise NotFound()
    unknown = [str(line_id) for line_id in amounts if order.line(line_id) is None]
    if unknown:
        raise UnknownLine(errors=[{"pointer": "/lines", "code": "unknown", "detail": line} for line in unknown])
    payment = settling_payment(session, order_id)
    if payment is None:
        raise OrderNotPaid()
    refund = reserve_refund(
        session,
        order,
        payment,
        amounts,
        origin=RefundOrigin.OPERATOR,
        actor=operator,
        now=now,
        reason=reason,
        note=note,
        revoke_access=revoke_access,
    )
    return order, refund


def reserve_refund(
    session: Session,
    order: Order,
    payment: Payment,
    amounts: Mapping[UUID, int],
    *,
    origin: RefundOrigin,
    actor: Actor,
    now: datetime,
    reason: str,
    note: str = "",
    revoke_access: bool = False,
) -> Refund:
    """Reserve a refund and have the gateway asked for it once this transaction commits. The caller holds the
    order's lock. Without `amounts` the whole payment goes back. Raises RefundTooLarge."""
    refund = reserve(
        payment,
        amounts,
        {line.id: line for line in order.lines},
        origin=origin,
        actor=actor,
        now=now,
        reason=reason,
        note=note,
        revoke_access=revoke_access,
    )
    session.add(refund)
    order.note(
        Happened.REFUND_STARTED,
        actor,
        now,
        refund_id=str(refund.id),
        amount=refund.amount,
        reason=reason,
        lines={str(line_id): amount for line_id, amount in amounts.items()},
    )
    soon(session, ASK_REFUND, refund.id, now)
    return refund
