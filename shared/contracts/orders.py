"""`orders.order.*.v1`: the whole order each time, so that a reader books the difference from what it has."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from marshmallow import fields, validate

from shared.contracts.base import Contract, EventSchema
from shared.contracts.offers import Text, TextSchema, Work, WorkSchema


@dataclass(frozen=True)
class AcceptedTerms:
    key: str
    version: str
    sha256: str
    accepted_at: datetime


@dataclass(frozen=True)
class OrderLine:
    """A line with its money so far, in fen. `price` is for one piece, `amount` = price x quantity - discount.
    `revoked` takes back what was delivered, also where not all of the money was given back."""

    line_id: UUID
    offer_id: UUID
    offer_version: int
    publisher: str
    kind: str
    reference: UUID
    title: Text
    quantity: int
    price: int
    discount: int
    amount: int
    fee: int
    paid: int
    refunded: int
    earned: int
    delivery: str
    works: list[Work]
    accepted_terms: list[AcceptedTerms] = field(default_factory=list)
    revoked: bool = False


@dataclass(frozen=True)
class Order:
    """`refunded` and `fee` of the lines add up to the order's. `buyer_id` is a person's id."""

    order_id: UUID
    number: str
    version: int
    status: str
    buyer_id: UUID
    organisation_id: UUID | None
    currency: str
    total: int
    lines: list[OrderLine]
    placed_at: datetime
    paid_at: datetime | None = None
    livemode: bool = False


@dataclass(frozen=True)
class AskedRefund:
    """The buyer wants out of these lines; their owner answers delivery.failed or refund.refused."""

    order_id: UUID
    line_id: UUID
    publisher: str
    reason: str
    asked_at: datetime


class AcceptedTermsSchema(EventSchema):
    makes = AcceptedTerms
    key = fields.String(required=True)
    version = fields.String(required=True)
    sha256 = fields.String(required=True)
    accepted_at = fields.AwareDateTime(required=True)


def _fen(required: bool = True) -> fields.Integer:
    return fields.Integer(required=required, strict=True, validate=validate.Range(min=0))


class OrderLineSchema(EventSchema):
    makes = OrderLine
    line_id = fields.UUID(required=True)
    offer_id = fields.UUID(required=True)
    offer_version = fields.Integer(required=True, strict=True)
    publisher = fields.String(required=True)
    kind = fields.String(required=True)
    reference = fields.UUID(required=True)
    title = fields.Nested(TextSchema, required=True)
    quantity = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    price = _fen()
    discount = _fen()
    amount = _fen()
    fee = _fen()
    paid = _fen()
    refunded = _fen()
    earned = _fen()
    delivery = fields.String(required=True)
    works = fields.List(fields.Nested(WorkSchema), required=True)
    accepted_terms = fields.List(fields.Nested(AcceptedTermsSchema), load_default=list)
    revoked = fields.Boolean(load_default=False)


class OrderSchema(EventSchema):
    makes = Order
    order_id = fields.UUID(required=True)
    number = fields.String(required=True)
    version = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    status = fields.String(required=True)
    buyer_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True, allow_none=True)
    currency = fields.String(required=True)
    total = _fen()
    lines = fields.List(fields.Nested(OrderLineSchema), required=True)
    placed_at = fields.AwareDateTime(required=True)
    paid_at = fields.AwareDateTime(allow_none=True, load_default=None)
    livemode = fields.Boolean(load_default=False)


class AskedRefundSchema(EventSchema):
    makes = AskedRefund
    order_id = fields.UUID(required=True)
    line_id = fields.UUID(required=True)
    publisher = fields.String(required=True)
    reason = fields.String(required=True)
    asked_at = fields.AwareDateTime(required=True)


ORDER_PLACED: Contract[Order] = Contract("order.placed.v1", OrderSchema())
ORDER_PAID: Contract[Order] = Contract("order.paid.v1", OrderSchema())
ORDER_COMPLETED: Contract[Order] = Contract("order.completed.v1", OrderSchema())
ORDER_REFUNDED: Contract[Order] = Contract("order.refunded.v1", OrderSchema())
ORDER_CANCELLED: Contract[Order] = Contract("order.cancelled.v1", OrderSchema())
ORDER_EXPIRED: Contract[Order] = Contract("order.expired.v1", OrderSchema())
REFUND_ASKED: Contract[AskedRefund] = Contract("refund.asked.v1", AskedRefundSchema())
