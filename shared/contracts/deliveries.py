"""`<owner>.delivery.*.v1`: what became of a paid line, with the line's money so far."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from marshmallow import fields, validate

from shared.contracts.base import Contract, EventSchema


@dataclass(frozen=True)
class DeliveredFile:
    """A file in the common store that belongs to the buyer now: key, SHA-256 (hex), size in bytes, media type."""

    key: str
    sha256: str
    size: int
    media_type: str
    name: str


@dataclass(frozen=True)
class Delivery:
    """The line's state so far: `earned` fen are settled for the owner, `give_back` fen go to the buyer in all."""

    order_id: UUID
    line_id: UUID
    version: int
    earned: int
    give_back: int
    at: datetime
    reason: str = ""
    files: list[DeliveredFile] = field(default_factory=list)


@dataclass(frozen=True)
class RefusedRefund:
    order_id: UUID
    line_id: UUID
    version: int
    reason: str
    at: datetime


class DeliveredFileSchema(EventSchema):
    makes = DeliveredFile
    key = fields.String(required=True)
    sha256 = fields.String(required=True, validate=validate.Length(equal=64))
    size = fields.Integer(required=True, strict=True, validate=validate.Range(min=0))
    media_type = fields.String(required=True)
    name = fields.String(required=True)


class DeliverySchema(EventSchema):
    makes = Delivery
    order_id = fields.UUID(required=True)
    line_id = fields.UUID(required=True)
    version = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    earned = fields.Integer(required=True, strict=True, validate=validate.Range(min=0))
    give_back = fields.Integer(required=True, strict=True, validate=validate.Range(min=0))
    at = fields.AwareDateTime(required=True)
    reason = fields.String(load_default="")
    files = fields.List(fields.Nested(DeliveredFileSchema), load_default=list)


class RefusedRefundSchema(EventSchema):
    makes = RefusedRefund
    order_id = fields.UUID(required=True)
    line_id = fields.UUID(required=True)
    version = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))
    reason = fields.String(required=True)
    at = fields.AwareDateTime(required=True)


DELIVERY_COMPLETED: Contract[Delivery] = Contract("delivery.completed.v1", DeliverySchema())
DELIVERY_FAILED: Contract[Delivery] = Contract("delivery.failed.v1", DeliverySchema())
REFUND_REFUSED: Contract[RefusedRefund] = Contract("refund.refused.v1", RefusedRefundSchema())
