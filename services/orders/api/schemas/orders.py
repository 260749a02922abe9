"""Orders over HTTP. Money is fen."""

from marshmallow import fields, validate

from services.orders.api.schemas.carts import LARGEST_QUANTITY, TermsSchema, TextSchema
from services.orders.api.schemas.shown import Shown
from services.orders.domain.history import Happened
from services.orders.domain.lifecycle import OrderStatus
from services.orders.domain.lines import LineDelivery
from services.orders.domain.payments import PaymentStatus
from services.orders.domain.refunds import RefundOrigin, RefundStatus
from services.orders.domain.steps import StepState
from services.orders.usecases.start_payment import PATH
from shared.api import Input, StrictInteger

SHORT = validate.Length(min=1, max=200)


class WantedLineInput(Input):
    offer_id = fields.UUID(required=True)
    quantity = StrictInteger(required=True, validate=validate.Range(min=1, max=LARGEST_QUANTITY))


class AcceptanceInput(Input):
    key = fields.String(required=True, validate=SHORT)
    version = fields.String(required=True, validate=SHORT)


class OrderInput(Input):
    """`fingerprint` is the one of the cart that was shown. No price is taken from a client."""

    lines = fields.List(fields.Nested(WantedLineInput), required=True, validate=validate.Length(min=1, max=500))
    fingerprint = fields.String(required=True, validate=validate.Regexp("^[0-9a-f]{64}$"))
    accepted_terms = fields.List(fields.Nested(AcceptanceInput), required=True, validate=validate.Length(max=1000))
    organisation_id = fields.UUID(load_default=None, allow_none=True)


class PaymentInput(Input):
    """`return_url_path` is a path at the front, to which the payment page leads back."""

    return_url_path = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(min=1, max=500),
        metadata={"pattern": PATH.pattern},
    )
    language = fields.String(load_default="zh", validate=validate.OneOf(["zh", "en"]))


class CheckoutSchema(Shown):
    payment_id = fields.UUID(required=True)
    checkout_url = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)


class AcceptedTermsSchema(TermsSchema):
    accepted_at = fields.AwareDateTime(required=True)


class LineSchema(Shown):
    """`refundable` is what can still be given back; `reserved` is promised to a refund under way."""

    id = fields.UUID(required=True)
    offer_id = fields.UUID(required=True)
    offer_version = fields.Integer(required=True)
    publisher = fields.String(required=True)
    kind = fields.String(required=True)
    reference = fields.UUID(required=True)
    title = fields.Nested(TextSchema, required=True)
    url = fields.String(required=True)
    picture_url = fields.String(required=True)
    quantity = fields.Integer(required=True)
    price = fields.Integer(required=True)
    discount = fields.Integer(required=True)
    amount = fields.Integer(required=True)
    paid = fields.Integer(required=True)
    refunded = fields.Integer(required=True)
    reserved = fields.Integer(required=True)
    refundable = fields.Integer(required=True)
    delivery = fields.String(required=True, validate=validate.OneOf(list(LineDelivery)))
    accepted_terms = fields.List(fields.Dict(), required=True)


class StepSchema(Shown):
    """`turn` (buyer, gateway or seller) and `by` stand on the present step."""

    name = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(list(StepState)))
    at = fields.AwareDateTime(required=True, allow_none=True)
    turn = fields.String(required=True, allow_none=True)
    by = fields.AwareDateTime(required=True, allow_none=True)


class TimelineEntrySchema(Shown):
    """`actor` is buyer, operator, publisher, gateway or system; `data` depends on `kind`."""

    at = fields.AwareDateTime(required=True)
    kind = fields.String(required=True, validate=validate.OneOf(list(Happened)))
    actor = fields.String(required=True, attribute="actor_kind")
    data = fields.Dict(required=True)


class PaymentSchema(Shown):
    """`checkout_url` is given while the payment is open."""

    id = fields.UUID(required=True)
    attempt = fields.Integer(required=True)
    status = fields.String(required=True, validate=validate.OneOf(list(PaymentStatus)))
    amount = fields.Integer(required=True)
    currency = fields.String(required=True)
    method = fields.String(required=True)
    captured = fields.Integer(required=True)
    captured_at = fields.AwareDateTime(required=True, allow_none=True)
    refunded = fields.Integer(required=True)
    checkout_url = fields.Function(
        lambda payment: payment.checkout_url if payment.status == PaymentStatus.OPEN else None,
        required=True,
        metadata={"type": ["string", "null"]},
    )
    expires_at = fields.AwareDateTime(required=True, attribute="session_expires_at")


class RefundLineSchema(Shown):
    line_id = fields.UUID(required=True)
    amount = fields.Integer(required=True)


class RefundSchema(Shown):
    id = fields.UUID(required=True)
    status = fields.String(required=True, validate=validate.OneOf(list(RefundStatus)))
    origin = fields.String(required=True, validate=validate.OneOf(list(RefundOrigin)))
    amount = fields.Integer(required=True)
    reason = fields.String(required=True)
    created_at = fields.AwareDateTime(required=True)
    settled_at = fields.AwareDateTime(required=True, allow_none=True)
    lines = fields.List(fields.Nested(RefundLineSchema), required=True)


class OrderSummarySchema(Shown):
    id = fields.UUID(required=True)
    number = fields.String(required=True)
    version = fields.Integer(required=True)
    status = fields.String(required=True, validate=validate.OneOf(list(OrderStatus)))
    closing = fields.String(required=True, allow_none=True)
    buyer_id = fields.UUID(required=True)
    organisation_id = fields.UUID(required=True, allow_none=True)
    currency = fields.String(required=True)
    total = fields.Integer(required=True)
    paid = fields.Integer(required=True)
    refunded = fields.Integer(required=True)
    placed_at = fields.AwareDateTime(required=True)
    expires_at = fields.AwareDateTime(required=True)
    paid_at = fields.AwareDateTime(required=True, allow_none=True)
    completed_at = fields.AwareDateTime(required=True, allow_none=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)
    lines = fields.List(fields.Nested(LineSchema), required=True)


class OrderSchema(OrderSummarySchema):
    """The whole order as its buyer sees it."""

    being_refunded = fields.Integer(required=True)
    steps = fields.List(fields.Nested(StepSchema), required=True)
    timeline = fields.List(fields.Nested(TimelineEntrySchema), required=True)
    payment = fields.Nested(PaymentSchema, required=True, allow_none=True)
    refunds = fields.List(fields.Nested(RefundSchema), required=True)


class OrderPageSchema(Shown):
    items = fields.List(fields.Nested(OrderSummarySchema), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
