"""Keep the search index in step with a product: called in the transaction that changes it."""

from uuid import UUID

from sqlalchemy import Select, delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.catalog.domain.base_models import base_models
from services.catalog.domain.entitlements import Entitlement, EntitlementState
from services.catalog.domain.listings import KnownWord, Listing, permission_bits, price_band
from services.catalog.domain.people import Person
from services.catalog.domain.products import BundlePart, Product, ProductKind, ProductState
from services.catalog.domain.search import lexemes, vocabulary

KIND_WORDS = {
    ProductKind.LORA: "LoRA 模型 model",
    ProductKind.PROMPT_DICTIONARY: "提示词 词典 prompt dictionary",
    ProductKind.PRESETS: "预设 preset presets",
    ProductKind.BUNDLE: "合集 套装 bundle",
}
LONGEST_TEXT = 20_000


def reindex(session: Session, product_id: UUID) -> None:
    """Write the product's line of the index anew; a product that is not on the shelf has none.

    Bundles that hold the product are written anew as well, since its base model is theirs. Sales are counted
    when a line is first written and added to afterwards, never overwritten by an older count.
    """
    session.flush()
    product = session.get(Product, product_id)
    if product is None or not product.is_on_sale or product.published_at is None:
        session.execute(delete(Listing).where(Listing.product_id == product_id))
    else:
        _write(session, product)
    for bundle in session.scalars(_bundles_of(product_id)):
        _write(session, bundle)


def reindex_creator(session: Session, creator_id: UUID) -> None:
    """Write every line of a creator anew: their name is among the words."""
    session.flush()
    for product_id in session.scalars(select(Listing.product_id).where(Listing.creator_id == creator_id)):
        product = session.get_one(Product, product_id)
        _write(session, product)


def _bundles_of(product_id: UUID) -> Select[Product]:
    holds = (BundlePart.product_id == product_id) & BundlePart.removed_at.is_(None)
    bundles = select(Product).join(BundlePart, BundlePart.bundle_id == Product.id).where(holds)
    return bundles.where(Product.state == ProductState.PUBLISHED)


def _write(session: Session, product: Product) -> None:
    models = _base_models(product)
    found = [known for key in models if (known := base_models().get(key))]
    creator = session.scalar(select(Person.display_name).where(Person.id == product.creator_id)) or ""
    titles = [product.title_zh, product.title_en]
    tags = [*product.tags, *_trigger_words(product), *(model.name for model in found)]
    also = [*tags, creator, KIND_WORDS[product.kind]]
    values = {
        "product_id": product.id,
        "kind": product.kind,
        "creator_id": product.creator_id,
        "price": product.price,
        "price_band": price_band(product.price),
        "base_models": models,
        "families": sorted({model.family for model in found}),
        "permissions": permission_bits(product.permissions),
        "published_at": product.published_at,
        "words": lexemes([" ".join(titles), " ".join(also), _texts(product)]),
    }
    line = insert(Listing).values(**values, sales=_sales(session, product.id))
    session.execute(line.on_conflict_do_update(index_elements=["product_id"], set_=values))
    _learn(session, [*titles, *tags, creator])


def _learn(session: Session, texts: list[str]) -> None:
    # In one order, so that two products that bring the same words do not wait for each other in a ring.
    words = [{"word": word} for word in sorted(vocabulary(texts))]
    if words:
        session.execute(insert(KnownWord).on_conflict_do_nothing(), words)


def _base_models(product: Product) -> list[str]:
    parts = [part.product for part in product.current_parts]
    return sorted({one.base_model for one in [product, *parts] if one.base_model})


def _trigger_words(product: Product) -> list[str]:
    facts = product.current_version.facts if product.current_version else {}
    words = facts.get("trigger_words", [])
    return [word for word in words if isinstance(word, str)][:50] if isinstance(words, list) else []


def _texts(product: Product) -> str:
    return f"{product.text_zh[:LONGEST_TEXT]} {product.text_en[:LONGEST_TEXT]}"


def _sales(session: Session, product_id: UUID) -> int:
    sold = select(func.count()).select_from(Entitlement)
    active = sold.where(Entitlement.product_id == product_id, Entitlement.state == EntitlementState.ACTIVE)
    return session.scalar(active) or 0
