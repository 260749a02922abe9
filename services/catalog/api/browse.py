"""The shelf: search, product pages, similar products, hashes, and whether a pack will run."""

from dataclasses import asdict
from typing import Any

from flask import Response, current_app
from marshmallow import RAISE, Schema

from services.catalog.api.schemas.browse import (
    BrowseQuery,
    CardsSchema,
    CompatibilityQuery,
    CompatibilitySchema,
    MatchesSchema,
    PageSchema,
    ShelfSchema,
    base_model_of,
)
from services.catalog.domain.compatibility import answer, interface_names
from services.catalog.domain.listings import Filters, Sort
from services.catalog.queries.listings import browse
from services.catalog.queries.products import Match, Page, find_by_hash, show_product, similar_products
from shared.api import Blueprint
from shared.auth import optional_reader
from shared.etag import conditional, etag_for
from shared.problems import Invalid, NotFound
from shared.service import this_service

blueprint = Blueprint("browse", __name__, description="The shelf, as everybody sees it")
HEX = frozenset("0123456789abcdefABCDEF")
HASH_LENGTHS = (8, 10, 12, 64)


@blueprint.get("/products")
@blueprint.arguments(BrowseQuery, location="query", unknown=RAISE)
@blueprint.response(200, ShelfSchema)
def list_products(query: dict[str, Any]) -> Response:
    """Search and filter the shelf. `corrected_query` is set when nothing was found as it was typed."""
    with this_service().database.transaction() as session:
        shelf = browse(
            session,
            query["q"],
            _filters(query),
            sort=query["sort"] or (Sort.RELEVANCE if query["q"].strip() else Sort.NEWEST),
            limit=query["limit"],
            cursor=query["cursor"],
        )
        return _cacheable(ShelfSchema(), shelf)


@blueprint.get("/products/<id_or_slug>")
@blueprint.response(200, PageSchema)
def product_page(id_or_slug: str) -> Response:
    """Everything on a product's page."""
    reader = optional_reader()
    with this_service().database.transaction() as session:
        page = show_product(session, reader, id_or_slug)
        runs_on = CompatibilitySchema().dump(_runs_on(page))
        shown = PageSchema().dump(page) | {"runs_on": runs_on}
        return _answer(shown, private=not page.product.is_on_sale)


@blueprint.get("/products/<id_or_slug>/similar")
@blueprint.response(200, CardsSchema)
def similar(id_or_slug: str) -> Response:
    """Up to eight products that are most like this one."""
    with this_service().database.transaction() as session:
        return _cacheable(CardsSchema(), {"items": similar_products(session, id_or_slug)})


@blueprint.get("/models/by-hash/<text>")
@blueprint.response(200, MatchesSchema)
def by_hash(text: str) -> dict[str, list[Match]]:
    """Files on the shelf with this SHA-256, AutoV1, AutoV2 or AutoV3."""
    if len(text) not in HASH_LENGTHS or not HEX.issuperset(text):
        raise NotFound()
    with this_service().database.transaction() as session:
        return {"items": find_by_hash(session, text)}


@blueprint.get("/compatibility")
@blueprint.arguments(CompatibilityQuery, location="query", unknown=RAISE)
@blueprint.response(200, CompatibilitySchema)
def compatibility(query: dict[str, Any]) -> dict[str, Any]:
    """Whether a pack will run: with a base model, in a program, on a card with so much memory."""
    if query["ui"] and query["ui"] not in interface_names():
        raise Invalid(errors=[{"pointer": "/ui", "detail": f"One of {', '.join(interface_names())}."}])
    with this_service().database.transaction() as session:
        page = show_product(session, optional_reader(), str(query["product_id"]))
        found = _runs_on(page, asked=query["base_model"], vram=query["vram_gb"])
    if query["ui"]:
        found["interfaces"] = [one for one in found["interfaces"] if one["name"] == query["ui"]]
    return found


def _filters(query: dict[str, Any]) -> Filters:
    return Filters(
        kind=query["kind"],
        base_model=query["base_model"],
        family=query["family"],
        price_max=0 if query["free"] else query["price_max"],
        permissions=tuple(query["permission"]),
        creator_id=query["creator"],
    )


def _runs_on(page: Page, asked: str | None = None, vram: float | None = None) -> dict[str, Any]:
    """The answer for the current version's largest file: the model, where a pack has other files beside it."""
    files = sorted(page.current.files, key=lambda file: file.size) if page.current else []
    size, facts = (files[-1].size, files[-1].facts) if files else (0, {})
    return asdict(answer(page.product.base_model, size, asked=asked, vram=vram)) | {
        "base_model": base_model_of(page.product.base_model),
        "rank": facts.get("rank"),
        "dtype": facts.get("dtype"),
        "size": size,
    }


def _cacheable(schema: Schema, shown: object) -> Response:
    return _answer(schema.dump(shown), private=False)


def _answer(body: Any, *, private: bool) -> Response:
    """JSON with a validator over its very bytes; what only some may see is never kept by a shared cache."""
    text = current_app.json.dumps(body)
    response = Response(text, content_type="application/json")
    response.headers["Vary"] = "Authorization"
    return conditional(response, etag_for(text), "private, no-cache" if private else "public, no-cache")
