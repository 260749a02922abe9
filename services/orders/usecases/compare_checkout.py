"""Is what the gateway speaks of really the payment we asked for? A signed notice is authentic, not right."""

from services.orders.domain.payments import Payment
from services.orders.gateways.payments import Checkout


def differences(payment: Payment, checkout: Checkout) -> list[str]:
    """The facts in which a checkout, as fetched from the gateway, is not our payment; empty when all agree."""
    intent = checkout.intent
    agree = {
        "payment_id": checkout.payment_id == str(payment.id),
        "order_id": checkout.order_id == str(payment.order_id),
        "session_id": payment.session_id in (None, checkout.id),
        "amount": checkout.amount == payment.amount,
        "currency": checkout.currency == payment.currency,
        "livemode": checkout.livemode == payment.livemode,
    }
    if intent is not None:
        agree |= {
            "intent_id": payment.intent_id in (None, intent.id),
            "intent_currency": intent.currency == payment.currency,
            "intent_livemode": intent.livemode == payment.livemode,
            "received": not is_paid(checkout) or intent.received == payment.amount,
        }
    return [name for name, agrees in agree.items() if not agrees]


def is_paid(checkout: Checkout) -> bool:
    """All of the money has really come: both the session and its intent say so."""
    intent = checkout.intent
    return checkout.payment_status == "paid" and intent is not None and intent.status == "succeeded"
