"""Change a product's words, price, permissions and parts."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.catalog.domain.moderation import Decision
from services.catalog.domain.products import BundlePart, Permissions, Product, ProductKind, ProductState
from services.catalog.gateways.moderation import keywords
from services.catalog.settings import CatalogSettings
from services.catalog.usecases.announce_version import announce_bundle_parts
from services.catalog.usecases.check_licence import check_licence, was_allowed
from services.catalog.usecases.creators_products import own_product
from services.catalog.usecases.offer_product import check_price, publish_offer
from services.catalog.usecases.publish_product import NotComplete, refuse_forbidden_sale, what_is_missing
from services.catalog.usecases.reindex import reindex
from shared.auth import Reader
from shared.problems import Conflict, Invalid

MOST_PARTS = 50


class ProductInReview(Conflict):
    slug, title = "product-in-review", "The product is being checked; wait for the answer"


class SaleNeedsReview(Conflict):
    slug = "sale-needs-review"
    title = "An operator must allow this sale first; take the product off the shelf and submit it with its price"


class WordsRefused(Invalid):
    slug, title = "words-refused", "These words cannot stand on the shelf"


def edit_product(
    session: Session,
    reader: Reader,
    product_id: UUID,
    change: dict[str, Any],
    settings: CatalogSettings,
    now: datetime,
) -> Product:
    """Apply `change` (title, text, tags, price, permissions, parts) and tell orders when it is on sale.

    Raises ProductInReview and SaleNeedsReview (409); NotComplete, SaleNotAllowed and WordsRefused (422) where a
    product on the shelf would become what could not be published; Invalid for a price or a part that cannot be.
    """
    product = own_product(session, reader, product_id)
    if product.state is ProductState.IN_REVIEW:
        raise ProductInReview()
    _set_words(product, change)
    if "price" in change:
        check_price(change["price"], settings)
        product.price = change["price"]
    if "permissions" in change:
        product.permissions = Permissions(**change["permissions"])
    if "parts" in change:
        _set_parts(session, product, change["parts"], now)
    product.updated_at = now
    if product.is_on_sale:
        _check_as_shown(session, product, now)
        publish_offer(session, product, settings, now)
        reindex(session, product.id)
    return product


def words_of(product: Product) -> str:
    """All words of a product that the shop would show, for the checks."""
    notes = [note for version in product.versions for note in (version.note_zh, version.note_en)]
    texts = [product.title_zh, product.title_en, product.text_zh, product.text_en, *product.tags, *notes]
    return "\n".join(filter(None, texts))


def _set_words(product: Product, change: dict[str, Any]) -> None:
    for field in ("title", "text"):
        for language, words in change.get(field, {}).items():
            setattr(product, f"{field}_{language}", words)
    if "tags" in change:
        product.tags = list(dict.fromkeys(change["tags"]))


def _check_as_shown(session: Session, product: Product, now: datetime) -> None:
    """What is on the shelf may not become what could not have been published."""
    if missing := what_is_missing(product, product.current_version):
        raise NotComplete(missing[0]["detail"], errors=missing)
    _check_words(product)
    refuse_forbidden_sale(product, product.current_version, now)
    needs_review = check_licence(product, product.current_version, now).decision is Decision.REVIEW
    if needs_review and not was_allowed(session, product):
        raise SaleNeedsReview()


def _check_words(product: Product) -> None:
    verdict = keywords.check(words_of(product))
    if verdict.decision is not Decision.PASS:
        found = ", ".join(label.code for label in verdict.labels)
        raise WordsRefused(f"Please say it in other words ({found}).")


def _set_parts(session: Session, bundle: Product, wanted: list[UUID], now: datetime) -> None:
    """Make `wanted` the bundle's parts: they are products on sale of the same creator, and no bundles."""
    if bundle.kind is not ProductKind.BUNDLE:
        raise Invalid("Only a bundle has parts.")
    wanted = list(dict.fromkeys(wanted))
    if len(wanted) > MOST_PARTS:
        raise Invalid(f"A bundle has at most {MOST_PARTS} parts.")
    found = {one.id: one for one in session.scalars(select(Product).where(Product.id.in_(wanted)))}
    for product_id in wanted:
        part = found.get(product_id)
        own = part is not None and part.creator_id == bundle.creator_id and part.kind is not ProductKind.BUNDLE
        if part is None or not own or not part.is_on_sale:
            detail = "Only your own products that are on sale can be parts."
            raise Invalid(detail, errors=[{"pointer": "/parts", "detail": str(product_id)}])
    _replace_parts(session, bundle, [found[product_id] for product_id in wanted], now)


def _replace_parts(session: Session, bundle: Product, wanted: list[Product], now: datetime) -> None:
    kept = {part.product_id: part for part in bundle.current_parts}
    wanted_ids = {product.id for product in wanted}
    for product_id, part in kept.items():
        if product_id not in wanted_ids:
            # Those who bought the bundle before keep what they bought.
            part.removed_at = now
    added = [product for product in wanted if product.id not in kept]
    for position, product in enumerate(wanted):
        part = kept.get(product.id) or BundlePart(product_id=product.id, product=product, added_at=now)
        part.position = position
        if product.id not in kept:
            bundle.parts.append(part)
    if bundle.published_at and added:
        announce_bundle_parts(session, bundle, added, now)
