"""Entitlements as the API shows them: to their holder, and to an operator."""

from marshmallow import Schema, fields, validate

from services.catalog.domain.downloads import AccessKind
from services.catalog.domain.entitlements import Act, EntitlementState
from shared.api import Input, StrictInteger


class TitleSchema(Schema):
    """A title in both languages; one of them may be empty."""

    zh = fields.String(required=True)
    en = fields.String(required=True)


class AccessQuery(Schema):
    product_id = fields.UUID(required=True)


class ReasonSchema(Schema):
    """One reason for or against; `text` is a key for words, `gives` whether it opens the door."""

    kind = fields.String(required=True)
    gives = fields.Boolean(required=True)
    text = fields.String(required=True)
    at = fields.AwareDateTime(allow_none=True)
    entitlement_id = fields.UUID(allow_none=True)
    order_id = fields.UUID(allow_none=True)
    order_number = fields.String(allow_none=True)
    bundle_id = fields.UUID(allow_none=True)
    bundle_title = fields.Nested(TitleSchema, allow_none=True)
    detail = fields.String()


class AccessSchema(Schema):
    product_id = fields.UUID(required=True)
    access = fields.Boolean(required=True)
    because = fields.List(fields.Nested(ReasonSchema), required=True)


class AcceptedTermsSchema(Schema):
    key = fields.String(required=True)
    version = fields.String(required=True)
    sha256 = fields.String()
    accepted_at = fields.String()


class ChangeSchema(Schema):
    """One act of an entitlement's history; the actor is shown to operators alone."""

    at = fields.AwareDateTime(required=True)
    act = fields.Enum(Act, by_value=True, required=True)
    reason = fields.String(required=True)


class OperatorChangeSchema(ChangeSchema):
    actor_id = fields.UUID(allow_none=True)
    order_version = fields.Integer()
    facts = fields.Dict()


class HeldQuery(Schema):
    order_id = fields.UUID(load_default=None)
    person_id = fields.UUID(load_default=None)


class EntitlementSchema(Schema):
    """An entitlement as an operator sees it; amounts are fen."""

    id = fields.UUID(required=True)
    state = fields.Enum(EntitlementState, by_value=True, required=True)
    reason = fields.String()
    order_id = fields.UUID()
    order_number = fields.String()
    line_id = fields.UUID()
    product_id = fields.UUID()
    buyer_id = fields.UUID()
    organisation_id = fields.UUID(allow_none=True)
    amount = fields.Integer()
    currency = fields.String()
    earned = fields.Integer()
    give_back = fields.Integer()
    granted_at = fields.AwareDateTime()
    revoked_at = fields.AwareDateTime(allow_none=True)
    terms = fields.List(fields.Nested(AcceptedTermsSchema))
    history = fields.List(fields.Nested(OperatorChangeSchema))


class HeldProductSchema(Schema):
    id = fields.UUID(required=True)
    slug = fields.String(required=True)
    title_zh = fields.String(required=True)
    title_en = fields.String(required=True)


class HeldSchema(EntitlementSchema):
    """`product` is null where it never was one of ours."""

    product = fields.Nested(HeldProductSchema, allow_none=True)


class HeldListSchema(Schema):
    items = fields.List(fields.Nested(HeldSchema), required=True)


class LimitInput(Input):
    """`file_id` narrows it to one file; without it every file downloaded so far counts from 0 again."""

    limit = StrictInteger(required=True, validate=validate.Range(min=0, max=10_000))
    reason = fields.String(required=True, validate=validate.Length(min=1, max=500))
    file_id = fields.UUID(load_default=None)


class ReasonInput(Input):
    reason = fields.String(required=True, validate=validate.Length(min=1, max=500))


class TakeDownInput(ReasonInput):
    note = fields.String(load_default="", validate=validate.Length(max=2_000))


class TakeDownSchema(Schema):
    product_id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    actor_id = fields.UUID(required=True)
    reason = fields.String(required=True)
    note = fields.String()
    lifted_at = fields.AwareDateTime(allow_none=True)
    lifted_by = fields.UUID(allow_none=True)
    lifted_note = fields.String()


class AccessEntrySchema(Schema):
    """A line of the access log. `bytes` of an ended line were handed to the connection."""

    id = fields.UUID(required=True)
    at = fields.AwareDateTime(required=True)
    kind = fields.Enum(AccessKind, by_value=True, required=True)
    entitlement_id = fields.UUID()
    file_id = fields.UUID()
    copy_id = fields.UUID(allow_none=True)
    link_id = fields.UUID(allow_none=True)
    person_id = fields.UUID()
    request_id = fields.String()
    address = fields.String()
    user_agent = fields.String()
    counted = fields.Boolean()
    first_byte = fields.Integer(allow_none=True)
    bytes = fields.Integer(allow_none=True)
    complete = fields.Boolean(allow_none=True)
    reason = fields.String()


class LoggedAccessSchema(AccessEntrySchema):
    order_id = fields.UUID()
    order_number = fields.String()
    file_name = fields.String(allow_none=True)
    product_title = fields.String(allow_none=True)


class AccessLogSchema(Schema):
    items = fields.List(fields.Nested(LoggedAccessSchema), required=True)
    next_cursor = fields.String(allow_none=True)
