"""The shelf and a product's page, as everybody sees them. Prices are fen."""

from typing import Any

from marshmallow import Schema, fields, validate

from services.catalog.api.schemas.library import note_of, title_of
from services.catalog.api.schemas.pictures import PictureSchema
from services.catalog.domain.base_models import base_models
from services.catalog.domain.compatibility import BYTES_PER_WEIGHT, Loads
from services.catalog.domain.files import FileFormat
from services.catalog.domain.listings import PERMISSION_BITS, PRICE_STEPS, Facets, Sort
from services.catalog.domain.products import ProductKind
from services.catalog.queries.products import Page
from shared.money import CNY
from shared.pagination import PageQuery

LONGEST_QUERY = 200
LARGEST_PRICE = 10**9


class BrowseQuery(PageQuery):
    """`permission` may be given several times: all of them must be granted. `free` asks for price 0."""

    q = fields.String(load_default="", validate=validate.Length(max=LONGEST_QUERY))
    kind = fields.Enum(ProductKind, by_value=True, load_default=None)
    base_model = fields.String(load_default=None, validate=validate.Length(max=60))
    family = fields.String(load_default=None, validate=validate.Length(max=60))
    price_max = fields.Integer(load_default=None, validate=validate.Range(min=0, max=LARGEST_PRICE))
    free = fields.Boolean(load_default=False)
    permission = fields.List(fields.String(validate=validate.OneOf(list(PERMISSION_BITS))), load_default=list)
    creator = fields.UUID(load_default=None)
    sort = fields.Enum(Sort, by_value=True, load_default=None)


class CardSchema(Schema):
    """A product in a list."""

    id = fields.UUID(attribute="product.id", required=True)
    slug = fields.String(attribute="product.slug", required=True)
    kind = fields.Enum(ProductKind, by_value=True, attribute="product.kind", required=True)
    title = fields.Function(lambda card: title_of(card.product))
    creator = fields.Function(lambda card: {"id": str(card.product.creator_id), "display_name": card.creator})
    price = fields.Integer(attribute="product.price", required=True)
    currency = fields.Constant(CNY)
    tags = fields.List(fields.String(), attribute="product.tags")
    base_model = fields.Function(lambda card: base_model_of(card.product.base_model))
    permissions = fields.Function(lambda card: card.product.permissions.as_dict())
    cover = fields.Nested(PictureSchema, allow_none=True)
    sales = fields.Integer(required=True)
    published_at = fields.AwareDateTime(attribute="product.published_at")


class FacetValueSchema(Schema):
    value = fields.Raw(required=True)
    label = fields.String()
    count = fields.Integer(required=True)


class FacetsSchema(Schema):
    """Each facet is counted under every filter but its own; `price` counts what costs `value` fen or less, 0 is
    free; a permission's count is what remains when it is asked for as well."""

    kind = fields.List(fields.Nested(FacetValueSchema))
    base_model = fields.List(fields.Nested(FacetValueSchema))
    family = fields.List(fields.Nested(FacetValueSchema))
    price = fields.List(fields.Nested(FacetValueSchema))
    permission = fields.List(fields.Nested(FacetValueSchema))


class ShelfSchema(Schema):
    items = fields.List(fields.Nested(CardSchema), required=True)
    facets = fields.Function(lambda shelf: facets_of(shelf.facets))
    total = fields.Integer(attribute="facets.total", required=True)
    next_cursor = fields.String(allow_none=True)
    corrected_query = fields.String(allow_none=True)
    is_loose = fields.Boolean(required=True)


class CardsSchema(Schema):
    items = fields.List(fields.Nested(CardSchema), required=True)


class FileSchema(Schema):
    """A file's outside: never its place in the store. The facts are what its header says."""

    name = fields.String(required=True)
    format = fields.Enum(FileFormat, by_value=True, required=True)
    size = fields.Integer(required=True)
    sha256 = fields.String(allow_none=True)
    autov1 = fields.String(allow_none=True)
    autov2 = fields.String(allow_none=True)
    autov3 = fields.String(allow_none=True)
    facts = fields.Dict()
    preview = fields.Dict()


class VersionSchema(Schema):
    number = fields.Integer(required=True)
    label = fields.String(required=True)
    note = fields.Function(note_of)
    base_model = fields.Function(lambda version: base_model_of(version.base_model))
    released_at = fields.AwareDateTime()
    facts = fields.Dict()
    files = fields.List(fields.Nested(FileSchema))
    size = fields.Function(lambda version: sum(file.size for file in version.files))


class RunsOnSchema(Schema):
    """`runs` is null where it is not known; `since` is the first version that does, where that is known."""

    name = fields.String(required=True)
    runs = fields.Boolean(allow_none=True, required=True)
    since = fields.String(allow_none=True)


class MemorySchema(Schema):
    """An estimate in GiB; `fits` is null unless a card's memory was given."""

    precision = fields.String(required=True, validate=validate.OneOf(list(BYTES_PER_WEIGHT)))
    gib = fields.Float(required=True)
    fits = fields.Boolean(allow_none=True)


class CompatibilityQuery(Schema):
    product_id = fields.UUID(required=True)
    base_model = fields.String(load_default=None, validate=validate.Length(max=60))
    vram_gb = fields.Float(load_default=None, validate=validate.Range(min=0, max=1024))
    ui = fields.String(load_default=None, validate=validate.Length(max=60))


class CompatibilitySchema(Schema):
    """`loads` is yes, differs (same family: it loads, pictures may differ), no or unknown."""

    verdict = fields.Enum(Loads, by_value=True, attribute="loads", data_key="loads", required=True)
    interfaces = fields.List(fields.Nested(RunsOnSchema), required=True)
    memory = fields.List(fields.Nested(MemorySchema), required=True)
    estimate = fields.Constant(constant=True)
    base_model = fields.Dict(allow_none=True)
    rank = fields.Raw(allow_none=True)
    dtype = fields.Raw(allow_none=True)
    size = fields.Integer(allow_none=True)


def permission_lines(page: Page) -> list[dict[str, Any]]:
    """The permissions as plain yes or no: what a buyer may do. That credit is due reads as a no to `no_credit`."""
    given = page.product.permissions.as_dict()
    return [
        {"key": key, "allowed": not given["credit_required"] if key == "no_credit" else given[key]}
        for key in PERMISSION_BITS
    ]


class PageSchema(Schema):
    """A product's page. `why_not` says why it cannot be bought: withdrawn, taken-down, not-offered, or null."""

    id = fields.UUID(attribute="product.id", required=True)
    slug = fields.String(attribute="product.slug", required=True)
    kind = fields.Enum(ProductKind, by_value=True, attribute="product.kind", required=True)
    state = fields.Function(lambda page: page.product.state.value)
    title = fields.Function(lambda page: title_of(page.product))
    text = fields.Function(lambda page: {"zh": page.product.text("zh"), "en": page.product.text("en")})
    tags = fields.List(fields.String(), attribute="product.tags")
    creator = fields.Function(lambda page: {"id": str(page.product.creator_id), "display_name": page.creator})
    price = fields.Integer(attribute="product.price", required=True)
    currency = fields.Constant(CNY)
    offer_id = fields.Function(lambda page: str(page.offer.id) if page.offer else None)
    offer_version = fields.Function(lambda page: page.offer.version if page.offer else None)
    can_buy = fields.Function(lambda page: page.why_not is None)
    why_not = fields.String(allow_none=True)
    terms = fields.Function(lambda page: page.offer.body.get("terms", []) if page.offer else [])
    permissions = fields.Function(lambda page: page.product.permissions.as_dict())
    permission_lines = fields.Function(permission_lines)
    base_model = fields.Function(lambda page: base_model_of(page.product.base_model))
    pictures = fields.List(fields.Nested(PictureSchema), attribute="product.shown_pictures")
    versions = fields.List(fields.Nested(VersionSchema), required=True)
    parts = fields.List(fields.Nested(CardSchema), required=True)
    formats = fields.List(fields.String(), attribute="contents.formats", required=True)
    size = fields.Integer(attribute="contents.size", required=True)
    runs_on = fields.Nested(CompatibilitySchema, allow_none=True)
    sales = fields.Integer(required=True)
    published_at = fields.AwareDateTime(attribute="product.published_at")
    updated_at = fields.AwareDateTime(attribute="product.updated_at")


class MatchSchema(Schema):
    by = fields.String(required=True)
    product = fields.Nested(CardSchema, attribute="card")
    version = fields.Function(lambda match: {"number": match.version.number, "label": match.version.label})
    file = fields.Nested(FileSchema)


class MatchesSchema(Schema):
    items = fields.List(fields.Nested(MatchSchema), required=True)


def base_model_of(key: str | None) -> dict[str, str] | None:
    """What is shown of a base model: its key, name, family and licence."""
    model = base_models().get(key or "")
    if model is None:
        return None
    return {
        "key": model.key,
        "name": model.name,
        "family": model.family,
        "licence": model.licence,
        "licence_url": model.licence_url,
    }


def facets_of(facets: Facets) -> dict[str, list[dict[str, Any]]]:
    """Facets as lists, the most frequent value first; prices and permissions in their own order."""
    names = {key: model.name for key, model in base_models().items()}
    return {
        "kind": _by_count(facets.kind, {}),
        "base_model": _by_count(facets.base_model, names),
        "family": _by_count(facets.family, {}),
        "price": [{"value": step, "count": facets.price[step]} for step in PRICE_STEPS],
        "permission": [{"value": key, "count": facets.permission[key]} for key in PERMISSION_BITS],
    }


def _by_count(counts: dict[str, int], labels: dict[str, str]) -> list[dict[str, Any]]:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [{"value": value, "label": labels.get(value, value), "count": count} for value, count in ordered]
