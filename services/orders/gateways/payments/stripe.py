"""Stripe by its own library: one code path, whichever address answers (Stripe or the sandbox)."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

import stripe

from services.orders.gateways.payments import (
    Checkout,
    DisputeReport,
    GatewayEvent,
    GatewayRefused,
    GatewayUnavailable,
    RefundReport,
    WantedCheckout,
    WantedRefund,
)
from services.orders.gateways.payments.mapping import checkout_of, dispute_of, event_of, refund_of
from services.orders.gateways.payments.signatures import NoticeRefused, check_signature
from services.orders.settings import OrdersSettings
from shared import strict_json
from shared.problems import Malformed

EXPANDED = ["payment_intent.latest_charge.balance_transaction"]
LOCALES = {"zh": "zh", "en": "en"}
NAME_LENGTH = 250

Params = ParamSpec("Params")
Answer = TypeVar("Answer")


def _told(call: Callable[Params, Answer]) -> Callable[Params, Answer]:
    """Tell a final no of Stripe's from an answer that leaves the outcome open (409, 429, 5xx, time-outs)."""

    @wraps(call)
    def asked(*args: Params.args, **kwargs: Params.kwargs) -> Answer:
        try:
            return call(*args, **kwargs)
        except (stripe.InvalidRequestError, stripe.CardError, stripe.IdempotencyError) as error:
            raise GatewayRefused(error.code or "invalid_request", error.user_message or "") from error
        except stripe.StripeError as error:
            raise GatewayUnavailable() from error

    return asked


class StripeGateway:
    """The gateway behind `PaymentGateway`. Connect and read time-outs and retries come from the settings."""

    def __init__(self, settings: OrdersSettings) -> None:
        self._settings = settings
        self._client = stripe.StripeClient(
            settings.stripe_api_key.get_secret_value(),
            base_addresses={"api": settings.stripe_api_base},
            max_network_retries=settings.stripe_retries,
            http_client=stripe.RequestsClient(timeout=(settings.stripe_connect_timeout, settings.stripe_timeout)),
        )

    @_told
    def open_checkout(self, wanted: WantedCheckout) -> Checkout:
        """Create a Checkout Session (docs.stripe.com/api/checkout/sessions/create), keyed by the payment's key."""
        session = self._client.v1.checkout.sessions.create(
            cast(Any, self._parameters(wanted)), {"idempotency_key": wanted.key}
        )
        return checkout_of(_plain(session))

    @_told
    def read_checkout(self, checkout_id: str) -> Checkout:
        """Retrieve a session with its intent, charge and balance transaction."""
        session = self._client.v1.checkout.sessions.retrieve(checkout_id, {"expand": EXPANDED})
        return checkout_of(_plain(session))

    def close_checkout(self, checkout_id: str) -> Checkout:
        """Expire a session; one that is complete or expired already is read instead."""
        try:
            self._expire(checkout_id)
        except GatewayRefused:
            closed = self.read_checkout(checkout_id)
            if closed.status == "open":
                raise
            return closed
        return self.read_checkout(checkout_id)

    @_told
    def _expire(self, checkout_id: str) -> None:
        self._client.v1.checkout.sessions.expire(checkout_id)

    @_told
    def find_checkout(self, intent_id: str) -> Checkout | None:
        """The session of a payment intent."""
        found = self._client.v1.checkout.sessions.list({"payment_intent": intent_id, "limit": 1}).data
        return self.read_checkout(found[0].id) if found else None

    @_told
    def refund(self, wanted: WantedRefund) -> RefundReport:
        """Create a refund (docs.stripe.com/api/refunds/create), keyed by our refund's id."""
        refund = self._client.v1.refunds.create(
            {
                "payment_intent": wanted.intent_id,
                "amount": wanted.amount,
                "metadata": {"refund_id": str(wanted.refund_id), "order_id": str(wanted.order_id)},
                "reason": "requested_by_customer",
            },
            {"idempotency_key": f"refund-{wanted.refund_id}"},
        )
        return refund_of(_plain(refund))

    @_told
    def read_refund(self, gateway_id: str) -> RefundReport:
        """Retrieve a refund."""
        return refund_of(_plain(self._client.v1.refunds.retrieve(gateway_id)))

    @_told
    def find_refunds(self, intent_id: str) -> list[RefundReport]:
        """All refunds of a payment intent."""
        listed = self._client.v1.refunds.list({"payment_intent": intent_id, "limit": 100})
        return [refund_of(_plain(refund)) for refund in listed.auto_paging_iter()]

    @_told
    def read_dispute(self, gateway_id: str) -> DisputeReport:
        """Retrieve a dispute."""
        return dispute_of(_plain(self._client.v1.disputes.retrieve(gateway_id)))

    def events_since(self, moment: datetime) -> Iterator[GatewayEvent]:
        """List events, newest first (docs.stripe.com/api/events/list)."""
        page = self._events({"created": {"gte": int(moment.timestamp())}, "limit": 100})
        while page:
            yield from page
            after = page[-1].id
            page = self._events({"created": {"gte": int(moment.timestamp())}, "limit": 100, "starting_after": after})

    @_told
    def _events(self, parameters: dict[str, Any]) -> list[GatewayEvent]:
        return [event_of(_plain(event)) for event in self._client.v1.events.list(cast(Any, parameters)).data]

    def read_notice(self, body: bytes, signature: str | None) -> GatewayEvent:
        """The event of a webhook whose signature holds; raises NoticeRefused (400)."""
        secrets = [secret.get_secret_value() for secret in self._settings.webhook_secrets()]
        check_signature(body, signature, secrets)
        try:
            return event_of(strict_json.loads(body))
        except (Malformed, KeyError, TypeError, AttributeError, ValueError, OverflowError, OSError) as error:
            raise NoticeRefused("The body is not an event.") from error

    def _parameters(self, wanted: WantedCheckout) -> dict[str, Any]:
        """What a session is created with. Prices are fixed in the order's currency: adaptive pricing is off."""
        methods = self._settings.methods()
        front = self._settings.public_url.rstrip("/") + wanted.return_path
        mark = "&" if "?" in wanted.return_path else "?"
        ours = {"order_id": str(wanted.order_id), "payment_id": str(wanted.payment_id), "number": wanted.number}
        parameters: dict[str, Any] = {
            "mode": "payment",
            "client_reference_id": str(wanted.order_id),
            "metadata": ours,
            "payment_intent_data": {"metadata": ours, "description": wanted.number},
            "payment_method_types": methods,
            "line_items": [_line_item(item.name, item.price, item.quantity, wanted.currency) for item in wanted.items],
            "success_url": f"{front}{mark}payment=done",
            "cancel_url": f"{front}{mark}payment=left",
            "expires_at": int(wanted.expires_at.timestamp()),
            "locale": LOCALES.get(wanted.language, "auto"),
            "adaptive_pricing": {"enabled": False},
        }
        if "wechat_pay" in methods:
            parameters["payment_method_options"] = {"wechat_pay": {"client": "web"}}
        return parameters


def _line_item(name: str, price: int, quantity: int, currency: str) -> dict[str, Any]:
    return {
        "quantity": quantity,
        "price_data": {
            "currency": currency.lower(),
            "unit_amount": price,
            "product_data": {"name": name[:NAME_LENGTH] or "-"},
        },
    }


def _plain(answer: stripe.StripeObject) -> dict[str, Any]:
    return answer.to_dict()
