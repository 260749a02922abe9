"""/v1/payment_intents, /v1/charges, /v1/balance_transactions and /v1/balance"""

from __future__ import annotations

from deploy.sandbox.stripe import listing
from deploy.sandbox.stripe.actions.cancel_intent import cancel_payment_intent
from deploy.sandbox.stripe.api.call import Call, Operation, field_of
from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.objects.balance import balance_of
from deploy.sandbox.stripe.parameters import PAGE, Text, TimeRange

REASONS = ("abandoned", "duplicate", "fraudulent", "requested_by_customer")


def retrieve_intent(call: Call) -> Json:
    """One payment intent."""
    return call.named("payment_intent", "intent", "intent")


def list_intents(call: Call) -> Json:
    """Payment intents, newest first."""
    return listing.page_of_objects(call.tx, "payment_intent", call.params, {}, url="/v1/payment_intents")


def cancel_intent(call: Call) -> Json:
    """Refused, with Stripe's reason."""
    cancel_payment_intent(call.named("payment_intent", "intent", "intent"))


def retrieve_charge(call: Call) -> Json:
    """One charge."""
    return call.named("charge", "charge")


def list_charges(call: Call) -> Json:
    """Charges, newest first."""
    where = field_of(call.params, "payment_intent", "transfer_group")
    return listing.page_of_objects(call.tx, "charge", call.params, where, url="/v1/charges")


def retrieve_transaction(call: Call) -> Json:
    """One movement on the balance."""
    return call.named("balance_transaction", "id")


def list_transactions(call: Call) -> Json:
    """Movements on the balance, newest first."""
    where = field_of(call.params, "currency", "source", "type")
    return listing.page_of_objects(call.tx, "balance_transaction", call.params, where, url="/v1/balance_transactions")


def retrieve_balance(call: Call) -> Json:
    """What the movements add up to."""
    return balance_of(call.tx.all("balance_transaction"), call.moment.time)


OPERATIONS = (
    Operation("GET", "/v1/payment_intents", list_intents, {**PAGE, "created": TimeRange()}),
    Operation("GET", "/v1/payment_intents/{intent}", retrieve_intent, {"client_secret": Text()}),
    Operation(
        "POST",
        "/v1/payment_intents/{intent}/cancel",
        cancel_intent,
        {"cancellation_reason": Text(choices=REASONS)},
    ),
    Operation(
        "GET",
        "/v1/charges",
        list_charges,
        {**PAGE, "created": TimeRange(), "payment_intent": Text(), "transfer_group": Text()},
    ),
    Operation("GET", "/v1/charges/{charge}", retrieve_charge),
    Operation(
        "GET",
        "/v1/balance_transactions",
        list_transactions,
        {**PAGE, "created": TimeRange(), "currency": Text(), "source": Text(), "type": Text()},
    ),
    Operation("GET", "/v1/balance_transactions/{id}", retrieve_transaction),
    Operation("GET", "/v1/balance", retrieve_balance),
)
