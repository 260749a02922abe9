"""The first picture of each of several products, in one query."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from services.catalog.domain.pictures import Picture, PictureState


def covers_of(session: Session, product_ids: Sequence[UUID]) -> dict[UUID, Picture]:
    """The picture that stands for each product; a product without a shown picture is missing."""
    if not product_ids:
        return {}
    first = (
        select(Picture)
        .where(Picture.product_id.in_(product_ids), Picture.state == PictureState.READY)
        .ext(distinct_on(Picture.product_id))
        .order_by(Picture.product_id, Picture.position, Picture.id)
    )
    return {picture.product_id: picture for picture in session.scalars(first)}
