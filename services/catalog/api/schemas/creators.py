"""A creator's products as they go in and out."""

from typing import Any

from marshmallow import Schema, fields, validate

from services.catalog.api.schemas.pictures import PictureSchema, urls_of
from services.catalog.domain.affirmations import current_sentences
from services.catalog.domain.base_models import base_models
from services.catalog.domain.files import ProductFile
from services.catalog.domain.pictures import Picture
from services.catalog.domain.products import Product, ProductKind
from services.catalog.domain.versions import Version
from services.catalog.queries.creators import OwnProduct
from services.catalog.usecases.publish_product import what_is_missing
from shared.api import Input, StrictInteger

TITLE = validate.Length(max=120)
TEXT = validate.Length(max=20_000)


class TitleInput(Input):
    zh = fields.String(load_default="", validate=TITLE)
    en = fields.String(load_default="", validate=TITLE)


class TextInput(Input):
    zh = fields.String(load_default="", validate=TEXT)
    en = fields.String(load_default="", validate=TEXT)


class PermissionsInput(Input):
    """What a buyer may do; each is said, none is assumed."""

    credit_required = fields.Boolean(required=True)
    sell_images = fields.Boolean(required=True)
    commercial_use = fields.Boolean(required=True)
    derivatives = fields.Boolean(required=True)
    redistribute = fields.Boolean(required=True)


class ProductInput(Input):
    kind = fields.Enum(ProductKind, by_value=True, required=True)
    title = fields.Nested(TitleInput, required=True)


class ProductChangeInput(Input):
    """`price` in fen; `parts` are ids of the creator's products, for a bundle."""

    title = fields.Nested(TitleInput)
    text = fields.Nested(TextInput)
    tags = fields.List(fields.String(validate=validate.Length(min=1, max=30)), validate=validate.Length(max=20))
    price = StrictInteger(validate=validate.Range(min=0, max=10**9))
    permissions = fields.Nested(PermissionsInput)
    parts = fields.List(fields.UUID(), validate=validate.Length(max=50))


class VersionInput(Input):
    """`base_model` is a key of the table; a header may name the family, the seller the model."""

    label = fields.String(load_default="", validate=validate.Length(max=40))
    note = fields.Nested(TextInput)
    base_model = fields.String(validate=validate.Length(max=60))


class FileInput(Input):
    upload_id = fields.UUID(required=True)


class PictureInput(Input):
    """`declared_ai`: the creator says that the picture is AI-made (标识办法, article 10)."""

    upload_id = fields.UUID(required=True)
    declared_ai = fields.Boolean(load_default=True)
    alt = fields.Nested(TitleInput, load_default=dict)


class PublicationInput(Input):
    affirmation_version = fields.String(required=True, validate=validate.Length(max=40))
    affirmed = fields.Boolean(required=True, validate=validate.Equal(True))
    language = fields.String(load_default="zh", validate=validate.OneOf(["zh", "en"]))


class WithdrawalInput(Input):
    reason = fields.String(load_default="", validate=validate.Length(max=500))


class DecisionInput(Input):
    decision = fields.String(required=True, validate=validate.OneOf(["approve", "reject"]))
    note = fields.String(load_default="", validate=validate.Length(max=2000))


def problem_of(subject: ProductFile | Picture) -> dict[str, str | None] | None:
    return {"slug": subject.problem, "detail": subject.problem_detail} if subject.problem else None


def base_model_of(version: Version) -> dict[str, str] | None:
    model = base_models().get(version.base_model or version.stated_base_model or "")
    return {"key": model.key, "name": model.name, "family": model.family, "licence": model.licence} if model else None


class OwnFileSchema(Schema):
    """`inspected` of `size` bytes; `problem` {slug, detail} says why it was refused."""

    id = fields.UUID()
    name = fields.String()
    state = fields.Function(lambda file: file.state.value)
    size = fields.Integer()
    inspected = fields.Integer(attribute="inspected_bytes")
    problem = fields.Function(problem_of)
    format = fields.Function(lambda file: file.format.value if file.format else None)
    sha256 = fields.String(allow_none=True)
    autov2 = fields.String(allow_none=True)
    autov3 = fields.String(allow_none=True)
    facts = fields.Dict()
    metadata = fields.Dict(attribute="metadata_shown")
    preview = fields.Dict()


class OwnVersionSchema(Schema):
    id = fields.UUID()
    number = fields.Integer()
    label = fields.String()
    state = fields.Function(lambda version: version.state.value)
    note = fields.Function(lambda version: {"zh": version.note_zh, "en": version.note_en})
    base_model = fields.Function(base_model_of)
    stated_base_model = fields.String(allow_none=True)
    facts = fields.Dict()
    files = fields.List(fields.Nested(OwnFileSchema))
    created_at = fields.AwareDateTime()
    released_at = fields.AwareDateTime(allow_none=True)


class OwnPictureSchema(PictureSchema):
    state = fields.Function(lambda picture: picture.state.value)
    problem = fields.Function(problem_of)
    declared_ai = fields.Boolean()


class ProductChangeSchema(Schema):
    at = fields.AwareDateTime()
    before = fields.Function(lambda change: change.before.value)
    after = fields.Function(lambda change: change.after.value)
    reason = fields.String()
    note = fields.String()


def review_of(own: OwnProduct) -> dict[str, Any] | None:
    """The newest review in the creator's eyes: what it is about, never who decided."""
    review = own.review
    if review is None:
        return None
    return {"state": review.state.value, "reasons": review.reasons, "note": review.note}


def missing_of(own: OwnProduct) -> list[dict[str, str]]:
    return what_is_missing(own.product, own.product.draft_version() or own.product.current_version)


def affirmation_of(_own: OwnProduct) -> dict[str, str]:
    words = current_sentences()
    return {"version": words.version, "zh": words.zh, "en": words.en}


def parts_of(own: OwnProduct) -> list[dict[str, Any]]:
    return [
        {"id": str(part.product.id), "slug": part.product.slug, "title": both(part.product, "title")}
        for part in own.product.current_parts
    ]


def both(product: Product, field: str) -> dict[str, str]:
    """The words as they were given, an empty text where one language is missing."""
    return {language: getattr(product, f"{field}_{language}") for language in ("zh", "en")}


def cover_of(own: OwnProduct) -> dict[str, str] | None:
    return urls_of(own.product.cover) if own.product.cover else None


class OwnProductSchema(Schema):
    """A product as its creator sees it. `missing` lists what publication still wants as {pointer, detail};
    `owners` counts the people who keep it whatever happens; `affirmation` holds the words to affirm."""

    id = fields.UUID(attribute="product.id")
    slug = fields.String(attribute="product.slug")
    kind = fields.Enum(ProductKind, by_value=True, attribute="product.kind")
    state = fields.Function(lambda own: own.product.state.value)
    title = fields.Function(lambda own: both(own.product, "title"))
    text = fields.Function(lambda own: both(own.product, "text"))
    tags = fields.List(fields.String(), attribute="product.tags")
    price = fields.Integer(attribute="product.price")
    permissions = fields.Function(lambda own: own.product.permissions.as_dict())
    cover = fields.Function(cover_of)
    pictures = fields.Function(
        lambda own: OwnPictureSchema(many=True).dump(
            [one for one in own.product.pictures if one.state.value != "removed"]
        )
    )
    versions = fields.List(fields.Nested(OwnVersionSchema), attribute="product.versions")
    parts = fields.Function(parts_of)
    history = fields.List(fields.Nested(ProductChangeSchema), attribute="product.history")
    review = fields.Function(review_of)
    missing = fields.Function(missing_of)
    owners = fields.Integer()
    affirmation = fields.Function(affirmation_of)
    created_at = fields.AwareDateTime(attribute="product.created_at")
    updated_at = fields.AwareDateTime(attribute="product.updated_at")
    published_at = fields.AwareDateTime(attribute="product.published_at", allow_none=True)


class OwnProductsSchema(Schema):
    items = fields.List(fields.Nested(OwnProductSchema))
    next_cursor = fields.String(allow_none=True)


class ReviewSchema(Schema):
    """A review with the product it is about; `reasons` are {code, detail, labels}."""

    id = fields.UUID()
    state = fields.Function(lambda review: review["state"].value)
    reasons = fields.List(fields.Dict())
    opened_at = fields.AwareDateTime()
    decided_at = fields.AwareDateTime(allow_none=True)
    note = fields.String()
    creator = fields.Dict()
    product = fields.Function(lambda review: OwnProductSchema().dump(OwnProduct(review["product"], 0, None)))
