"""What orders can show: plain selects, narrowed to their reader in SQL."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from services.orders.domain.access import payments_of
from services.orders.domain.alerts import Alert
from services.orders.domain.disputes import Dispute
from services.orders.domain.history import OPERATORS_ONLY, TimelineEntry
from services.orders.domain.lines import OrderLine
from services.orders.domain.orders import Order
from services.orders.domain.payments import Payment, PaymentStatus
from services.orders.domain.refunds import Refund
from services.orders.domain.steps import Step, steps_of
from shared.ids import parse_id
from shared.pagination import Page, decode_cursor, encode_cursor
from shared.problems import Malformed, NotFound

NUMBER_LENGTH = 17


@dataclass(frozen=True)
class OrderView:
    """An order with all that is shown beside it; money in fen. The last three are for operators only."""

    order: Order
    being_refunded: int
    steps: Sequence[Step]
    timeline: Sequence[TimelineEntry]
    payment: Payment | None
    refunds: Sequence[Refund]
    payments: Sequence[Payment] = ()
    disputes: Sequence[Dispute] = ()
    alerts: Sequence[Alert] = ()


def list_orders(session: Session, visible: ColumnElement[bool], *, limit: int, cursor: str | None) -> Page[Order]:
    """The orders that `visible` shows, newest first; raises Malformed for a forged cursor."""
    wanted = select(Order).where(visible).order_by(Order.id.desc()).limit(limit + 1)
    if cursor:
        wanted = wanted.where(Order.id < _id_in(cursor))
    found = session.scalars(wanted).all()
    more = len(found) > limit
    return Page(found[:limit], encode_cursor([str(found[limit - 1].id)]) if more else None)


def find_order(session: Session, order_id: UUID, *visible: ColumnElement[bool]) -> Order:
    """One order; raises NotFound for one that `visible` hides, as for one that is not there."""
    order = session.scalar(select(Order).where(Order.id == order_id, *visible))
    if order is None:
        raise NotFound()
    return order


def view_order(session: Session, order: Order, *, for_operator: bool = False) -> OrderView:
    """An order as its buyer sees it, or as an operator does."""
    session.flush()
    payments = payments_of(session, order.id)
    refunds = select(Refund).where(Refund.order_id == order.id).order_by(Refund.id)
    present = next((payment for payment in payments if payment.settles), payments[-1] if payments else None)
    view = OrderView(
        order=order,
        being_refunded=sum(line.reserved for line in order.lines),
        steps=steps_of(order, payment_is_processing=any(p.status == PaymentStatus.PROCESSING for p in payments)),
        timeline=[entry for entry in order.timeline if for_operator or entry.kind not in OPERATORS_ONLY],
        payment=present,
        refunds=session.scalars(refunds).all(),
    )
    if not for_operator:
        return view
    return replace(
        view,
        payments=payments,
        disputes=session.scalars(select(Dispute).where(Dispute.order_id == order.id)).all(),
        alerts=session.scalars(select(Alert).where(Alert.order_id == order.id).order_by(Alert.id)).all(),
    )


def search(text: str) -> ColumnElement[bool]:
    """Orders by number, order id, person id, or an id of the gateway (session, intent, charge); empty: all."""
    wanted = text.strip()
    if not wanted:
        return Order.id.is_not(None)
    named = [Order.number == wanted.upper()[:NUMBER_LENGTH]]
    if (id_ := parse_id(wanted)) is not None:
        named += [Order.id == id_, Order.buyer_id == id_, Order.organisation_id == id_]
    if wanted.startswith(("cs_", "pi_", "ch_", "py_")):
        at_gateway = or_(Payment.session_id == wanted, Payment.intent_id == wanted, Payment.charge_id == wanted)
        named.append(Order.id.in_(select(Payment.order_id).where(at_gateway)))
    return or_(*named)


def list_alerts(session: Session, *, limit: int, cursor: str | None, with_resolved: bool = False) -> Page[Alert]:
    """What operators must look at, newest first."""
    wanted = select(Alert).order_by(Alert.id.desc()).limit(limit + 1)
    if not with_resolved:
        wanted = wanted.where(Alert.resolved_at.is_(None))
    if cursor:
        wanted = wanted.where(Alert.id < _id_in(cursor))
    found = session.scalars(wanted).all()
    more = len(found) > limit
    return Page(found[:limit], encode_cursor([str(found[limit - 1].id)]) if more else None)


def lines_placed(session: Session, since: datetime, until: datetime) -> Iterator[tuple[Order, OrderLine]]:
    """Every line of the orders placed in a time, oldest first, read in portions."""
    wanted = (
        select(Order, OrderLine)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(Order.placed_at >= since, Order.placed_at < until)
        .order_by(Order.id, OrderLine.position)
        .execution_options(yield_per=500)
    )
    for row in session.execute(wanted):
        yield row[0], row[1]


def _id_in(cursor: str) -> UUID:
    id_ = parse_id(decode_cursor(cursor, str)[0])
    if id_ is None:
        raise Malformed("The cursor is not one of ours.")
    return id_
