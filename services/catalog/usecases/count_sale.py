"""Count what was sold, for the order of the shelf."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session

from services.catalog.domain.listings import Listing


def count_sale(session: Session, product_id: UUID, by: int) -> None:
    """Add to the product's sales, or take from them; nothing where it is not on the shelf.

    Added to, not counted again: two grants at once must both be in the figure.
    """
    changed = update(Listing).where(Listing.product_id == product_id).values(sales=Listing.sales + by)
    session.execute(changed)
