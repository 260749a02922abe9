"""The payment gateway as orders sees it: hosted checkouts, refunds, disputes and a list of events.

Every amount is in minor units (fen). Every call may be repeated: ours are keyed with ids of our own. No call is
made inside a database transaction.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from shared.problems import Unavailable


class GatewayUnavailable(Unavailable):
    """No answer, or one that says nothing about the outcome: ask again with the same key."""

    slug, title = "payment-gateway-unavailable", "The payment gateway does not answer right now"


class GatewayRefused(Exception):
    """A final no. `code` is the gateway's own word for the reason."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True)
class CheckoutItem:
    name: str
    price: int
    quantity: int


@dataclass(frozen=True)
class WantedCheckout:
    """`key` is the idempotency key; `expires_at` is real time, 30 minutes to 24 hours ahead."""

    key: str
    order_id: UUID
    payment_id: UUID
    number: str
    currency: str
    items: Sequence[CheckoutItem]
    language: str
    return_path: str
    expires_at: datetime


@dataclass(frozen=True)
class Charge:
    """`fee` of `settled`, both in the settlement currency; None until the gateway has booked the charge."""

    id: str
    fee: int | None
    settled: int | None


@dataclass(frozen=True)
class Intent:
    """`status` is the gateway's own word; `received` is what has really come."""

    id: str
    status: str
    received: int
    currency: str
    livemode: bool
    method: str
    charge: Charge | None
    failure: str


@dataclass(frozen=True)
class Checkout:
    """`status` is open, complete or expired; `payment_status` is paid or unpaid."""

    id: str
    status: str
    payment_status: str
    url: str
    amount: int
    currency: str
    livemode: bool
    order_id: str
    payment_id: str
    intent: Intent | None


@dataclass(frozen=True)
class WantedRefund:
    """`refund_id` is our row's id and the idempotency key on every try."""

    refund_id: UUID
    order_id: UUID
    intent_id: str
    amount: int
    reason: str


@dataclass(frozen=True)
class RefundReport:
    """`status` is pending, requires_action, succeeded, failed or canceled; `refund_id` is ours when it is ours."""

    id: str
    status: str
    amount: int
    currency: str
    intent_id: str
    refund_id: str
    failure: str


@dataclass(frozen=True)
class DisputeReport:
    id: str
    status: str
    amount: int
    currency: str
    livemode: bool
    intent_id: str
    charge_id: str
    reason: str
    evidence_due_at: datetime | None
    opened_at: datetime


@dataclass(frozen=True)
class GatewayEvent:
    """A notice, reduced to what it points at. `references` maps session, intent, charge, refund, dispute and
    payment_id (ours) to ids."""

    id: str
    type: str
    livemode: bool
    account: str | None
    api_version: str | None
    created_at: datetime
    references: Mapping[str, str] = field(default_factory=dict)


class PaymentGateway(Protocol):
    """What orders asks of a gateway. All methods raise GatewayUnavailable when the outcome is not known and
    GatewayRefused for a final no."""

    def open_checkout(self, wanted: WantedCheckout) -> Checkout:
        """Open a hosted checkout; the same `wanted` again gives the same one."""

    def read_checkout(self, checkout_id: str) -> Checkout:
        """The checkout as it stands, with its intent, charge and fee."""

    def close_checkout(self, checkout_id: str) -> Checkout:
        """Let nobody pay it any more and return how it ended: it may have been paid a moment before."""

    def find_checkout(self, intent_id: str) -> Checkout | None:
        """The checkout an intent belongs to."""

    def refund(self, wanted: WantedRefund) -> RefundReport:
        """Give money back; the same `refund_id` again gives the same refund."""

    def read_refund(self, gateway_id: str) -> RefundReport:
        """A refund as it stands."""

    def find_refunds(self, intent_id: str) -> list[RefundReport]:
        """All refunds of a payment."""

    def read_dispute(self, gateway_id: str) -> DisputeReport:
        """A dispute as it stands."""

    def events_since(self, moment: datetime) -> Iterator[GatewayEvent]:
        """The gateway's own list of events since `moment` (real time; 30 days back at most), newest first."""

    def read_notice(self, body: bytes, signature: str | None) -> GatewayEvent:
        """A webhook's body once its signature holds; raises NoticeRefused."""
