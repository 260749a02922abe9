"""Begin to pay an order, or go on with the checkout that is open."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from services.orders.domain.access import lock_order, payments_of
from services.orders.domain.orders import Order
from services.orders.domain.payments import FIRST_CHECK, Payment, PaymentStatus
from services.orders.settings import OrdersSettings
from services.orders.usecases.close_order import PaymentOnItsWay
from services.orders.usecases.later import CLOSE_ORDER, soon
from shared.ids import new_id
from shared.problems import Conflict, Invalid, NotFound

# The gateway wants at least 30 minutes between its own clock and the end of a checkout; a retry needs some more.
SLACK = timedelta(minutes=5)
PATH = re.compile(r"^/(?![/\\])[^\\\s]*$")


class NotPayable(Conflict):
    slug, title = "order-not-payable", "This order cannot be paid any more"


class TooManyAttempts(Conflict):
    slug, title = "too-many-attempts", "This order was tried too often; please place it anew"


def start_payment(
    session: Session,
    order_id: UUID,
    visible: ColumnElement[bool],
    *,
    settings: OrdersSettings,
    language: str,
    return_path: str | None,
    now: datetime,
) -> Payment:
    """The intent of a payment, which `open_checkout` then takes to the gateway; an open one is gone on with.

    A new checkout gives the order its whole time again, so the two end together. Raises NotFound for an order
    that `visible` hides, NotPayable, PaymentOnItsWay, TooManyAttempts (409), Invalid for a path that leaves us.
    """
    order = lock_order(session, order_id, visible)
    if order is None:
        raise NotFound()
    path = _checked(return_path or f"/orders/{order.id}")
    if not order.is_open or order.closing is not None or now >= order.expires_at:
        raise NotPayable(status_now=order.status)
    tried = payments_of(session, order_id)
    active = next((payment for payment in tried if payment.is_active), None)
    if active is not None and active.status == PaymentStatus.PROCESSING:
        raise PaymentOnItsWay()
    if active is not None:
        return active
    if len(tried) >= settings.payment_attempts:
        raise TooManyAttempts()
    payment = _intend(order, len(tried) + 1, settings, language=language, path=path, now=now)
    session.add(payment)
    order.expires_at = now + timedelta(minutes=settings.order_minutes)
    soon(session, CLOSE_ORDER, order.id, order.expires_at)
    return payment


def _checked(path: str) -> str:
    """A path at our own front; one that a browser would take for another host's address is refused."""
    if not PATH.fullmatch(path):
        raise Invalid(errors=[{"pointer": "/return_url_path", "code": "invalid", "detail": "not a path of ours"}])
    return path


def _intend(
    order: Order, attempt: int, settings: OrdersSettings, *, language: str, path: str, now: datetime
) -> Payment:
    return Payment(
        id=new_id(),
        order_id=order.id,
        attempt=attempt,
        status=PaymentStatus.WANTED,
        amount=order.total,
        currency=order.currency,
        livemode=settings.livemode,
        method="",
        checkout_url="",
        language=language,
        return_path=path,
        created_at=now,
        # The gateway lives in real time, whatever the business clock says.
        session_expires_at=datetime.now(UTC) + timedelta(minutes=settings.order_minutes) + SLACK,
        captured=0,
        refunded=0,
        reserved=0,
        settles=False,
        checks=0,
        next_check_at=now + FIRST_CHECK,
    )
