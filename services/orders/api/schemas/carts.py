"""Carts over HTTP. Money is fen."""

from marshmallow import fields, validate

from services.orders.api.schemas.shown import Shown
from services.orders.domain.carts import LineProblem
from shared.api import Input, StrictInteger

LARGEST_QUANTITY = 10_000


class QuantityInput(Input):
    quantity = StrictInteger(required=True, validate=validate.Range(min=1, max=LARGEST_QUANTITY))


class TextSchema(Shown):
    zh = fields.String(required=True)
    en = fields.String(required=True)


class TermsSchema(Shown):
    """Words to accept before paying; `sha256` is of the text shown at `url`."""

    key = fields.String(required=True)
    version = fields.String(required=True)
    title = fields.Nested(TextSchema, required=True)
    url = fields.String(required=True)
    sha256 = fields.String(required=True)


class CartLineSchema(Shown):
    """`problem` says why a line cannot be bought; `missing` which kinds of offer must still cover it."""

    offer_id = fields.UUID(required=True)
    version = fields.Integer(required=True, allow_none=True)
    title = fields.Nested(TextSchema, required=True, allow_none=True)
    kind = fields.String(required=True)
    url = fields.String(required=True)
    picture_url = fields.String(required=True)
    quantity = fields.Integer(required=True)
    max_quantity = fields.Integer(required=True)
    price = fields.Integer(required=True)
    amount = fields.Integer(required=True)
    terms = fields.List(fields.Nested(TermsSchema), required=True)
    requires = fields.List(fields.String(), required=True)
    missing = fields.List(fields.String(), required=True)
    available = fields.Boolean(required=True)
    problem = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf([None, *(problem.value for problem in LineProblem)]),
    )


class CartSchema(Shown):
    """`total` and `fingerprint` speak of the lines that can be bought."""

    lines = fields.List(fields.Nested(CartLineSchema), required=True)
    total = fields.Integer(required=True)
    currency = fields.String(required=True)
    fingerprint = fields.String(required=True)
