"""What the API says about links to copies."""

from marshmallow import Schema, fields


class LinkSchema(Schema):
    """`url` is a path at the front; it works until `expires_at`, `seconds` from now."""

    url = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)
    seconds = fields.Integer(required=True)
