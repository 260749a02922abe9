"""Take a product off the shelf; those who bought it keep it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.catalog.domain.products import Product, ProductState
from services.catalog.domain.reviews import Review, ReviewState
from services.catalog.domain.versions import VersionState
from services.catalog.usecases.creators_products import own_product
from services.catalog.usecases.offer_product import withdraw_offer
from services.catalog.usecases.reindex import reindex
from shared.auth import Reader


def withdraw_product(session: Session, reader: Reader, product_id: UUID, reason: str, now: datetime) -> Product:
    """The creator's own product, no longer sold; raises NotFound, and MoveRefused (409) where it is already."""
    product = own_product(session, reader, product_id)
    take_off_shelf(session, product, by=reader.id, reason="withdrawn", note=reason, now=now)
    return product


def take_off_shelf(session: Session, product: Product, *, by: UUID, reason: str, note: str, now: datetime) -> None:
    """End the sale and every check that is under way, whoever wants it."""
    product.move(ProductState.WITHDRAWN, by=by, reason=reason, at=now, note=note)
    for version in product.versions:
        if version.state is VersionState.IN_REVIEW:
            version.move(VersionState.DRAFT, now)
    open_review = select(Review).where(Review.product_id == product.id, Review.state == ReviewState.OPEN)
    for review in session.scalars(open_review):
        review.close(ReviewState.CLOSED, by=by, note=reason, at=now)
    withdraw_offer(session, product, reason, now)
    reindex(session, product.id)
