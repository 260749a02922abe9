"""An operator decides what waits for a person."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.catalog.domain.pictures import PictureState
from services.catalog.domain.products import Product
from services.catalog.domain.reviews import Review, ReviewState
from services.catalog.settings import CatalogSettings
from services.catalog.usecases.release_product import reject_product, release_product
from shared.auth import Reader
from shared.problems import NotFound


def decide_review(
    session: Session,
    reader: Reader,
    review_id: UUID,
    *,
    approve: bool,
    note: str,
    settings: CatalogSettings,
    now: datetime,
) -> Review:
    """Approve, which releases the product, or reject, which gives it back; once, and attributable.

    Raises NotFound, and MoveRefused (409) for a review that was decided.
    """
    review = session.get(Review, review_id, with_for_update=True)
    if review is None:
        raise NotFound()
    product = session.get_one(Product, review.product_id, with_for_update=True)
    review.close(ReviewState.APPROVED if approve else ReviewState.REJECTED, by=reader.id, note=note, at=now)
    held = [picture for picture in product.pictures if picture.state is PictureState.HELD]
    if approve:
        for picture in held:
            picture.move(PictureState.READY)
        release_product(session, product, settings, by=reader.id, note=note, now=now)
    else:
        # What is on sale stays there; in a product given back, the creator decides about its pictures.
        for picture in held if product.is_on_sale else []:
            picture.refuse("picture-rejected", note or "An operator did not allow it.", now)
        reject_product(session, product, by=reader.id, reason="rejected", note=note, now=now)
    return review
