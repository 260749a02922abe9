"""What only operators send and see. Money is fen."""

from marshmallow import Schema, fields, validate

from services.orders.api.schemas.orders import (
    LineSchema,
    OrderSchema,
    PaymentSchema,
    RefundSchema,
    TimelineEntrySchema,
)
from services.orders.api.schemas.shown import Shown
from services.orders.domain.alerts import AlertKind
from services.orders.domain.offers import LARGEST_PRICE
from shared.api import Input, StrictInteger
from shared.pagination import PageQuery


class RefundLineInput(Input):
    line_id = fields.UUID(required=True)
    amount = StrictInteger(required=True, validate=validate.Range(min=1, max=LARGEST_PRICE))


class RefundInput(Input):
    """`revoke_access` takes back what was delivered even when less than the whole line is refunded."""

    lines = fields.List(fields.Nested(RefundLineInput), required=True, validate=validate.Length(min=1, max=500))
    reason = fields.String(required=True, validate=validate.Length(min=1, max=200))
    note = fields.String(load_default="", validate=validate.Length(max=2000))
    revoke_access = fields.Boolean(load_default=False)


class OrdersQuery(PageQuery):
    """`q` is an order's number or id, a person's or organisation's id, or an id of the gateway."""

    q = fields.String(load_default="", validate=validate.Length(max=200))


class AlertsQuery(PageQuery):
    resolved = fields.Boolean(load_default=False)


class ExportQuery(Schema):
    """Orders placed from `since` until before `until` (RFC 3339), a year at most."""

    since = fields.AwareDateTime(required=True)
    until = fields.AwareDateTime(required=True)


class AlertSchema(Shown):
    id = fields.UUID(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(AlertKind)))
    order_id = fields.UUID(required=True, allow_none=True)
    data = fields.Dict(required=True)
    raised_at = fields.AwareDateTime(required=True)
    resolved_at = fields.AwareDateTime(required=True, allow_none=True)
    resolved_by = fields.UUID(required=True, allow_none=True)


class AlertPageSchema(Shown):
    items = fields.List(fields.Nested(AlertSchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class OperatorLineSchema(LineSchema):
    fee = fields.Integer(required=True)
    earned = fields.Integer(required=True)
    give_back = fields.Integer(required=True)
    revoked = fields.Boolean(required=True)


class OperatorPaymentSchema(PaymentSchema):
    session_id = fields.String(required=True, allow_none=True)
    intent_id = fields.String(required=True, allow_none=True)
    charge_id = fields.String(required=True, allow_none=True)
    fee = fields.Integer(required=True, allow_none=True)
    settles = fields.Boolean(required=True)
    reserved = fields.Integer(required=True)


class OperatorRefundSchema(RefundSchema):
    note = fields.String(required=True)
    revoke_access = fields.Boolean(required=True)
    actor = fields.String(required=True, attribute="actor_kind")
    actor_id = fields.UUID(required=True, allow_none=True)
    gateway_id = fields.String(required=True, allow_none=True)
    failure = fields.String(required=True)


class OperatorEntrySchema(TimelineEntrySchema):
    actor_id = fields.UUID(required=True, allow_none=True)


class DisputeSchema(Shown):
    id = fields.String(required=True)
    status = fields.String(required=True)
    reason = fields.String(required=True)
    amount = fields.Integer(required=True)
    booked = fields.Integer(required=True)
    evidence_due_at = fields.AwareDateTime(required=True, allow_none=True)
    opened_at = fields.AwareDateTime(required=True)
    closed_at = fields.AwareDateTime(required=True, allow_none=True)


class OperatorOrderSchema(OrderSchema):
    """The whole order as an operator sees it."""

    lines = fields.List(fields.Nested(OperatorLineSchema), required=True)
    timeline = fields.List(fields.Nested(OperatorEntrySchema), required=True)
    refunds = fields.List(fields.Nested(OperatorRefundSchema), required=True)
    payments = fields.List(fields.Nested(OperatorPaymentSchema), required=True)
    disputes = fields.List(fields.Nested(DisputeSchema), required=True)
    alerts = fields.List(fields.Nested(AlertSchema), required=True)
