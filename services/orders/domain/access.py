"""Finding orders: narrowed in SQL to who asks, locked before they change."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from services.orders.domain.orders import Order
from services.orders.domain.payments import ACTIVE, Payment
from services.orders.domain.refunds import Refund


def belongs_to(person_id: UUID, organisations: Iterable[UUID]) -> ColumnElement[bool]:
    """True for orders this person placed or that one of their organisations placed."""
    return or_(Order.buyer_id == person_id, Order.organisation_id.in_(list(organisations)))


def lock_order(session: Session, order_id: UUID, *narrowed: ColumnElement[bool]) -> Order | None:
    """The order, if `narrowed` lets it be seen, with its row locked: every change of an order, of its lines,
    payments and refunds is made under this lock, so they happen one after the other."""
    found = select(Order).where(Order.id == order_id, *narrowed)
    return session.scalar(found.with_for_update(of=Order).execution_options(populate_existing=True))


def lock_payment(session: Session, wanted: ColumnElement[bool]) -> tuple[Order, Payment] | None:
    """The payment `wanted` finds, read after its order's row is locked, so that it is not out of date."""
    found = session.execute(select(Payment.order_id, Payment.id).where(wanted).limit(1)).first()
    order = lock_order(session, found[0]) if found else None
    payment = session.get(Payment, found[1], populate_existing=True) if found else None
    return (order, payment) if order and payment else None


def lock_refund(session: Session, refund_id: UUID) -> tuple[Order, Refund] | None:
    """The refund, read after its order's row is locked."""
    order_id = session.scalar(select(Refund.order_id).where(Refund.id == refund_id))
    order = lock_order(session, order_id) if order_id else None
    refund = session.get(Refund, refund_id, populate_existing=True) if order else None
    return (order, refund) if order and refund else None


def payments_of(session: Session, order_id: UUID) -> list[Payment]:
    """The order's payments, first try first."""
    mine = select(Payment).where(Payment.order_id == order_id).order_by(Payment.attempt)
    return list(session.scalars(mine.execution_options(populate_existing=True)))


def active_payment(session: Session, order_id: UUID) -> Payment | None:
    """The payment somebody may still be making."""
    return next((payment for payment in payments_of(session, order_id) if payment.status in ACTIVE), None)


def settling_payment(session: Session, order_id: UUID) -> Payment | None:
    """The payment the order was paid with; a free order has none."""
    return next((payment for payment in payments_of(session, order_id) if payment.settles), None)
