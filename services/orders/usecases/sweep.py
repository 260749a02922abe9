"""Find what got stuck between two steps and have it done: each is planned again, however its last try ended."""

from datetime import datetime
from typing import Any

from sqlalchemy import Exists, Select, Text, cast, exists, or_, select
from sqlalchemy.orm import Session

from services.orders.domain.lifecycle import OrderStatus
from services.orders.domain.orders import Order
from services.orders.domain.payments import ACTIVE, Payment
from services.orders.domain.refunds import Refund, RefundStatus
from services.orders.domain.webhooks import WebhookEvent, WebhookStatus
from services.orders.usecases.desk import Desk
from services.orders.usecases.later import ASK_REFUND, CHECK_PAYMENT, CLOSE_ORDER, PROCESS_NOTICE, soon
from shared.messaging.timers import TimerRow

AT_ONCE = 200


def sweep(desk: Desk) -> int:
    """Plan what is overdue: payments without a notice, refunds without an answer, orders past their time, notices
    not processed. Returns how many were planned."""
    now = desk.clock.now()
    with desk.database.transaction() as session:
        return _payments(session, now) + _refunds(session, now) + _orders(session, now) + _notices(session, now)


def _payments(session: Session, now: datetime) -> int:
    due = select(Payment).where(Payment.status.in_(ACTIVE), Payment.next_check_at <= now)
    found = session.scalars(due.limit(AT_ONCE).with_for_update(skip_locked=True)).all()
    for payment in found:
        payment.plan_next_check(now)
        soon(session, CHECK_PAYMENT, payment.id, now)
    return len(found)


def _refunds(session: Session, now: datetime) -> int:
    waiting = Refund.status.in_([RefundStatus.RESERVED, RefundStatus.ASKED])
    due = select(Refund).where(waiting, Refund.next_check_at <= now)
    found = session.scalars(due.limit(AT_ONCE).with_for_update(skip_locked=True, of=Refund)).all()
    for refund in found:
        refund.plan_next_check(now)
        soon(session, ASK_REFUND, refund.id, now)
    return len(found)


def _orders(session: Session, now: datetime) -> int:
    """Orders that should have ended, and whose timer is parked or gone."""
    overdue = or_(Order.closing.is_not(None), Order.expires_at <= now)
    open_ones = select(Order.id).where(Order.status == OrderStatus.AWAITING_PAYMENT, overdue)
    return _plan(session, CLOSE_ORDER, open_ones.where(~_stands(CLOSE_ORDER, cast(Order.id, Text))), now)


def _notices(session: Session, now: datetime) -> int:
    waiting = select(WebhookEvent.id).where(WebhookEvent.status == WebhookStatus.RECEIVED)
    return _plan(session, PROCESS_NOTICE, waiting.where(~_stands(PROCESS_NOTICE, WebhookEvent.id)), now)


def _stands(kind: str, subject: Any) -> Exists:
    """There is a timer for it that is still tried."""
    waits = TimerRow.kind == kind, TimerRow.subject == subject, TimerRow.status == "waiting"
    return exists().where(*waits)


def _plan(session: Session, kind: str, found: Select[Any], now: datetime) -> int:
    subjects = session.scalars(found.limit(AT_ONCE)).all()
    for subject in subjects:
        soon(session, kind, subject, now)
    return len(subjects)
