"""Ask for a PaymentIntent to be cancelled."""

from __future__ import annotations

from typing import NoReturn

from deploy.sandbox.stripe.errors import Json, StripeError

ENDED = ("succeeded", "canceled")


def cancel_payment_intent(intent: Json) -> NoReturn:
    """Always refused: every intent here belongs to a Checkout Session, and of those Stripe's reference says that
    "you must expire the Checkout Session" (docs.stripe.com/api/payment_intents/cancel)."""
    if intent["status"] in ENDED:
        message = (
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. Only a "
            "PaymentIntent with one of the following statuses may be canceled: requires_payment_method, "
            "requires_capture, requires_confirmation, requires_action, processing."
        )
    else:
        message = (
            "You cannot cancel the PaymentIntent for a Checkout Session. "
            "Expire the Checkout Session instead using the /v1/checkout/sessions/:id/expire endpoint."
        )
    raise StripeError(400, message, code="payment_intent_unexpected_state", payment_intent=intent)
