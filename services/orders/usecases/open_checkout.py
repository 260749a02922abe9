"""Open the checkout of a payment at the gateway, or find the one that was opened before."""

from uuid import UUID

import structlog

from services.orders.domain.access import lock_payment
from services.orders.domain.actors import GATEWAY
from services.orders.domain.history import Happened
from services.orders.domain.lines import OrderLine
from services.orders.domain.orders import Order
from services.orders.domain.payments import Payment, PaymentStatus
from services.orders.gateways.payments import (
    Checkout,
    CheckoutItem,
    GatewayRefused,
    WantedCheckout,
)
from services.orders.usecases.desk import Desk
from shared.failpoints import failpoint
from shared.problems import Conflict, NotFound

log = structlog.get_logger()


class PaymentRefused(Conflict):
    slug, title = "payment-refused", "The payment gateway does not take this payment; please try again"


class PaymentOver(Conflict):
    slug, title = "payment-over", "This payment is over; please start a new one"


def open_checkout(desk: Desk, payment_id: UUID) -> Payment:
    """The payment with its checkout open at the gateway; our key makes it one checkout however often it is asked.

    Raises PaymentOver when it was closed, failed or paid, PaymentRefused when the gateway does not want it, and
    GatewayUnavailable, after which the same call goes on where this one stopped.
    """
    wanted = _wanted(desk, payment_id)
    if isinstance(wanted, Payment):
        return wanted
    try:
        checkout = desk.gateway.open_checkout(wanted)
    except GatewayRefused as refusal:
        _give_up(desk, payment_id, refusal)
        raise PaymentRefused() from refusal
    failpoint("orders.checkout-opened")
    return _record(desk, payment_id, checkout)


def _wanted(desk: Desk, payment_id: UUID) -> WantedCheckout | Payment:
    with desk.database.transaction() as session:
        payment = session.get(Payment, payment_id)
        if payment is None:
            raise NotFound()
        if payment.status in (PaymentStatus.OPEN, PaymentStatus.PROCESSING):
            return payment
        if payment.status != PaymentStatus.WANTED:
            raise PaymentOver()
        order = session.get(Order, payment.order_id)
        if order is None:
            raise NotFound()
        return _request(order, payment)


def _request(order: Order, payment: Payment) -> WantedCheckout:
    return WantedCheckout(
        key=payment.gateway_key,
        order_id=order.id,
        payment_id=payment.id,
        number=order.number,
        currency=payment.currency,
        items=[_item(line, payment.language) for line in order.lines],
        language=payment.language,
        return_path=payment.return_path,
        expires_at=payment.session_expires_at,
    )


def _item(line: OrderLine, language: str) -> CheckoutItem:
    """A line as the payer reads it; a discounted one as a single piece, since its amount may not divide."""
    name = line.title.get(language) or line.title["en"]
    return CheckoutItem(name, line.amount, 1) if line.discount else CheckoutItem(name, line.price, line.quantity)


def _record(desk: Desk, payment_id: UUID, checkout: Checkout) -> Payment:
    with desk.database.transaction() as session:
        found = lock_payment(session, Payment.id == payment_id)
        if found is None:
            raise NotFound()
        order, payment = found
        if payment.status == PaymentStatus.WANTED:
            payment.move(PaymentStatus.OPEN)
            payment.session_id, payment.checkout_url = checkout.id, checkout.url
            order.note(Happened.PAYMENT_STARTED, GATEWAY, desk.clock.now(), attempt=payment.attempt)
        if payment.status not in (PaymentStatus.OPEN, PaymentStatus.PROCESSING):
            raise PaymentOver()
        return payment


def _give_up(desk: Desk, payment_id: UUID, refusal: GatewayRefused) -> None:
    log.error("checkout_refused", payment_id=str(payment_id), code=refusal.code, message=refusal.message)
    with desk.database.transaction() as session:
        payment = session.get(Payment, payment_id, with_for_update=True)
        if payment is not None and payment.status == PaymentStatus.WANTED:
            payment.move(PaymentStatus.FAILED)
