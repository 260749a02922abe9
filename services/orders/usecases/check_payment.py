"""Ask the gateway how a payment stands: for the notice that never came, and for the fee that came later."""

from uuid import UUID

from services.orders.domain.payments import Payment, PaymentStatus
from services.orders.usecases.desk import Desk
from services.orders.usecases.open_checkout import PaymentOver, PaymentRefused, open_checkout
from services.orders.usecases.record_checkout import record_checkout


class FeeUnknown(Exception):
    """The gateway has not booked the charge yet."""


def check_payment(desk: Desk, payment_id: UUID) -> None:
    """Fetch the payment's checkout and record what became of it; safe to repeat.

    A payment whose checkout we never learned of is asked for again with the same key. Raises GatewayUnavailable.
    """
    with desk.database.transaction() as session:
        payment = session.get(Payment, payment_id)
        if payment is None or not (payment.is_active or payment.fee is None):
            return
    session_id = payment.session_id
    if session_id is None:
        try:
            session_id = open_checkout(desk, payment_id).session_id
        except (PaymentRefused, PaymentOver):
            return
    if session_id is not None:
        record_checkout(desk, payment_id, desk.gateway.read_checkout(session_id))


def learn_fee(desk: Desk, payment_id: UUID) -> None:
    """Fetch the fee of a captured payment; raises FeeUnknown until the gateway knows it: try again later."""
    check_payment(desk, payment_id)
    with desk.database.transaction() as session:
        payment = session.get(Payment, payment_id)
        if payment is not None and payment.status == PaymentStatus.CAPTURED and payment.fee is None:
            raise FeeUnknown(str(payment_id))
