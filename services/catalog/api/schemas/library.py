"""The library as the API shows it to the holder of the entitlements."""

from typing import Any

from marshmallow import Schema, fields

from services.catalog.api.schemas.access import AcceptedTermsSchema, ChangeSchema
from services.catalog.api.schemas.pictures import PictureSchema
from services.catalog.domain.entitlements import EntitlementState
from services.catalog.domain.files import FileFormat
from services.catalog.domain.products import Product, ProductKind
from services.catalog.domain.versions import Version, VersionState


def title_of(product: Product) -> dict[str, str]:
    """Both titles, each filled from the other where only one was given."""
    return {"zh": product.title("zh"), "en": product.title("en")}


def note_of(version: Version) -> dict[str, str]:
    """The change note in both languages."""
    return {"zh": version.note("zh"), "en": version.note("en")}


class OwnedFileSchema(Schema):
    """A file; `sha256` and the Auto hashes are the original's, and AutoV3 is the copy's as well."""

    id = fields.UUID(attribute="file.id", required=True)
    name = fields.String(attribute="file.name", required=True)
    format = fields.Enum(FileFormat, by_value=True, attribute="file.format", required=True)
    media_type = fields.String(attribute="file.media_type")
    size = fields.Integer(attribute="file.size", required=True)
    sha256 = fields.String(attribute="file.sha256", allow_none=True)
    autov2 = fields.String(attribute="file.autov2", allow_none=True)
    autov3 = fields.String(attribute="file.autov3", allow_none=True)
    used = fields.Integer(required=True)
    allowed = fields.Integer(required=True)
    downloaded_at = fields.AwareDateTime(attribute="copy.opened_at", allow_none=True)


class OwnedVersionSchema(Schema):
    """`is_new`: released after the last download of this product."""

    id = fields.UUID(attribute="version.id", required=True)
    number = fields.Integer(attribute="version.number", required=True)
    label = fields.String(attribute="version.label", required=True)
    note = fields.Function(lambda owned: note_of(owned.version))
    state = fields.Enum(VersionState, by_value=True, attribute="version.state", required=True)
    base_model = fields.String(attribute="version.base_model", allow_none=True)
    released_at = fields.AwareDateTime(attribute="version.released_at")
    is_new = fields.Boolean(required=True)
    files = fields.List(fields.Nested(OwnedFileSchema), required=True)


class OwnedProductSchema(Schema):
    """A product that is held; `taken_down_at` closes its downloads while it is set."""

    id = fields.UUID(attribute="product.id", required=True)
    slug = fields.String(attribute="product.slug", required=True)
    kind = fields.Enum(ProductKind, by_value=True, attribute="product.kind", required=True)
    title = fields.Function(lambda owned: title_of(owned.product))
    creator = fields.String(required=True)
    cover = fields.Nested(PictureSchema, allow_none=True)
    has_news = fields.Boolean(required=True)
    downloaded_at = fields.AwareDateTime(allow_none=True)
    taken_down_at = fields.AwareDateTime(allow_none=True)


class OwnedProductDetailSchema(OwnedProductSchema):
    """With every version, the newest first."""

    versions = fields.List(fields.Nested(OwnedVersionSchema), required=True)
    news = fields.Function(lambda owned: [_news(version) for version in owned.versions if version.is_new])


class OwnedSchema(Schema):
    """A line of the library."""

    id = fields.UUID(attribute="entitlement.id", required=True)
    state = fields.Enum(EntitlementState, by_value=True, attribute="entitlement.state", required=True)
    reason = fields.Function(lambda owned: "" if owned.entitlement.is_active else owned.entitlement.reason)
    order_id = fields.UUID(attribute="entitlement.order_id", required=True)
    order_number = fields.String(attribute="entitlement.order_number", required=True)
    amount = fields.Integer(attribute="entitlement.amount", required=True)
    currency = fields.String(attribute="entitlement.currency", required=True)
    granted_at = fields.AwareDateTime(attribute="entitlement.granted_at", required=True)
    revoked_at = fields.AwareDateTime(attribute="entitlement.revoked_at", allow_none=True)
    product = fields.Nested(OwnedProductSchema, attribute="bought", allow_none=True)
    products_count = fields.Function(lambda owned: len(owned.products))
    files_count = fields.Function(lambda owned: len(_newest_files(owned)))
    size = fields.Function(lambda owned: sum(file.file.size for file in _newest_files(owned)))
    has_news = fields.Function(lambda owned: any(product.has_news for product in owned.products))


class OwnedDetailSchema(OwnedSchema):
    """Everything under one entitlement. `products` are what may be downloaded: of a bundle its parts."""

    terms = fields.List(fields.Nested(AcceptedTermsSchema), attribute="entitlement.terms")
    products = fields.List(fields.Nested(OwnedProductDetailSchema), required=True)
    history = fields.List(fields.Nested(ChangeSchema), required=True)


class LibrarySchema(Schema):
    items = fields.List(fields.Nested(OwnedSchema), required=True)
    next_cursor = fields.String(allow_none=True)


def _news(owned: Any) -> dict[str, Any]:
    version = owned.version
    released_at = version.released_at.isoformat() if version.released_at else None
    return {"number": version.number, "label": version.label, "note": note_of(version), "released_at": released_at}


def _newest_files(owned: Any) -> list[Any]:
    return [file for product in owned.products if product.versions for file in product.versions[0].files]
