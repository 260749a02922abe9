"""Tell orders what is for sale: a product's offer, grown by a version with each change."""

import hashlib
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.catalog.domain.licence_terms import current_terms
from services.catalog.domain.offers import ProductOffer
from services.catalog.domain.products import Product
from services.catalog.settings import CatalogSettings
from shared.contracts import OFFER_PUBLISHED, OFFER_WITHDRAWN
from shared.contracts.offers import Offer, Terms, Text, WithdrawnOffer, Work
from shared.messaging.envelope import Event
from shared.messaging.outbox import emit
from shared.problems import Invalid

SOURCE = "catalog"
FRONT = "/api/catalog"


class PriceOutOfRange(Invalid):
    slug, title = "price-out-of-range", "This price cannot be asked"


def check_price(price: int, settings: CatalogSettings) -> None:
    """Fen: 0 for a free pack, or from the least the gateway takes to the most that is no slip."""
    if price and not settings.price_minimum <= price <= settings.price_maximum:
        detail = f"0, or {settings.price_minimum} to {settings.price_maximum} fen."
        raise PriceOutOfRange(detail, errors=[{"pointer": "/price", "detail": detail}])


def publish_offer(session: Session, product: Product, settings: CatalogSettings, now: datetime) -> None:
    """Tell of the product's present words and price, if they differ from what was last told."""
    offer = _offer_of(session, product, now)
    body = OFFER_PUBLISHED.dump(_body(product, offer.version + 1, now))
    if offer.on_sale and _same(offer.body, body):
        return
    check_price(product.price, settings)
    offer.version += 1
    offer.body, offer.on_sale, offer.reason, offer.changed_at = body, True, "", now
    emit(session, SOURCE, OFFER_PUBLISHED, OFFER_PUBLISHED.load(body), subject=product.id, now=now)


def withdraw_offer(session: Session, product: Product, reason: str, now: datetime) -> None:
    """Stop the sale; nothing happens to what is not on sale."""
    offer = _offer_of(session, product, now)
    if not offer.on_sale:
        return
    offer.version += 1
    offer.on_sale, offer.reason, offer.changed_at = False, reason, now
    body = WithdrawnOffer(offer_id=product.id, version=offer.version, reason=reason, withdrawn_at=now)
    emit(session, SOURCE, OFFER_WITHDRAWN, body, subject=product.id, now=now)


def republish_offers(session: Session, now: datetime) -> list[Event]:
    """Every offer as it stands, told anew with the same version, for a consumer that does not know it."""
    told = []
    for offer in session.scalars(select(ProductOffer).where(ProductOffer.version > 0).order_by(ProductOffer.id)):
        if offer.on_sale:
            body = OFFER_PUBLISHED.load(offer.body)
            told.append(emit(session, SOURCE, OFFER_PUBLISHED, body, subject=offer.id, now=now))
        else:
            withdrawn = WithdrawnOffer(offer.id, offer.version, offer.reason, offer.changed_at)
            told.append(emit(session, SOURCE, OFFER_WITHDRAWN, withdrawn, subject=offer.id, now=now))
    return told


def _offer_of(session: Session, product: Product, now: datetime) -> ProductOffer:
    offer = session.get(ProductOffer, product.id, with_for_update=True)
    if offer is None:
        offer = ProductOffer(id=product.id, product_id=product.id, version=0, on_sale=False, changed_at=now, body={})
        session.add(offer)
    return offer


def _body(product: Product, version: int, now: datetime) -> Offer:
    cover = product.cover
    return Offer(
        offer_id=product.id,
        version=version,
        publisher=SOURCE,
        kind=product.kind.value,
        reference=product.id,
        title=Text(product.title("zh"), product.title("en")),
        price=product.price,
        currency="CNY",
        max_quantity=1,
        works=_works(product),
        published_at=now,
        url=f"/products/{product.slug}",
        picture_url=f"{FRONT}/pictures/{cover.id}/card.webp" if cover else "",
        terms=[_terms()],
    )


def _works(product: Product) -> list[Work]:
    """The product itself, or a bundle's parts weighted by their list prices (a free part by one fen)."""
    parts = [part.product for part in product.current_parts]
    if not parts:
        return [Work(product.id, product.creator_id)]
    return [Work(part.id, part.creator_id, max(part.price, 1)) for part in parts]


def _terms() -> Terms:
    terms = current_terms("pack-licence")
    digest = hashlib.sha256(f"{terms.zh}\n{terms.en}".encode()).hexdigest()
    title = Text(terms.title_zh, terms.title_en)
    return Terms(terms.key, terms.version, title, f"/terms/{terms.key}/{terms.version}", digest)


def _same(before: dict[str, object], after: dict[str, object]) -> bool:
    told = {"version", "published_at"}
    return {k: v for k, v in before.items() if k not in told} == {k: v for k, v in after.items() if k not in told}
