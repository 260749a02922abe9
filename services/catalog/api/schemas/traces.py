"""What a leaked file, or a copy's number, leads to."""

from marshmallow import Schema, ValidationError, fields, validates_schema

from services.catalog.api.schemas.access import AccessEntrySchema
from shared.api import Input


class TraceInput(Input):
    """One of both: a complete upload announced for `trace`, or a copy's number read elsewhere."""

    upload_id = fields.UUID(load_default=None)
    copy_id = fields.UUID(load_default=None)

    @validates_schema
    def _one_of_both(self, data: dict[str, object], **_: object) -> None:
        if bool(data.get("upload_id")) == bool(data.get("copy_id")):
            raise ValidationError("Give upload_id or copy_id, one of both.", "upload_id")


class TracedFileSchema(Schema):
    id = fields.UUID()
    name = fields.String()


class TraceSchema(Schema):
    """`found`: the file carries a mark. `is_ours`: we made the very copy that the mark speaks of; a mark alone can
    be forged. `downloads` are the copy's lines of the access log."""

    found = fields.Function(lambda traced: bool(traced.mark) or traced.copy is not None)
    is_ours = fields.Boolean(required=True)
    mark = fields.Dict(required=True)
    copy_id = fields.UUID(attribute="copy.id")
    made_at = fields.AwareDateTime(attribute="copy.made_at")
    entitlement_id = fields.UUID(attribute="entitlement.id")
    order_id = fields.UUID(attribute="entitlement.order_id")
    order_number = fields.String(attribute="entitlement.order_number")
    line_id = fields.UUID(attribute="entitlement.line_id")
    buyer_id = fields.UUID(attribute="entitlement.buyer_id")
    organisation_id = fields.UUID(attribute="entitlement.organisation_id", allow_none=True)
    product_id = fields.UUID(attribute="entitlement.product_id")
    file = fields.Nested(TracedFileSchema, allow_none=True)
    downloads = fields.List(fields.Nested(AccessEntrySchema), required=True)
