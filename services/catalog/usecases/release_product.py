"""Put a checked product, or a checked version of one, on the shelf."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.catalog.domain.products import Product, ProductKind, ProductState
from services.catalog.domain.versions import VersionState
from services.catalog.settings import CatalogSettings
from services.catalog.usecases.announce_version import announce_version
from services.catalog.usecases.notify import notify
from services.catalog.usecases.offer_product import publish_offer
from services.catalog.usecases.reindex import reindex


def release_product(
    session: Session, product: Product, settings: CatalogSettings, *, by: UUID | None, note: str, now: datetime
) -> None:
    """Release what is in review, tell orders, the index and earlier buyers, all in the caller's transaction."""
    waiting = [one for one in product.versions if one.state is VersionState.IN_REVIEW]
    for version in waiting:
        version.move(VersionState.RELEASED, now)
    if waiting:
        product.current_version = waiting[-1]
        product.base_model, product.base_family = waiting[-1].base_model, waiting[-1].base_family
    is_news = bool(waiting) or not product.is_on_sale
    if not product.is_on_sale:
        product.move(ProductState.PUBLISHED, by=by, reason="approved" if by else "checked", at=now, note=note)
    publish_offer(session, product, settings, now)
    reindex(session, product.id)
    for version in waiting:
        if product.kind is not ProductKind.BUNDLE:
            announce_version(session, version, now)
    if is_news:
        notify(session, product, "product-published", now)


def reject_product(
    session: Session, product: Product, *, by: UUID | None, reason: str, note: str, now: datetime
) -> None:
    """Give it back to its creator with the reason; what is on the shelf already stays there."""
    for version in product.versions:
        if version.state is VersionState.IN_REVIEW:
            version.move(VersionState.REJECTED, now)
    if product.state is ProductState.IN_REVIEW:
        product.move(ProductState.REJECTED, by=by, reason=reason, at=now, note=note)
    notify(session, product, "product-rejected", now, note=note)
