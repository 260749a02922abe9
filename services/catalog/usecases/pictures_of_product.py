"""A creator adds, describes, orders and removes a product's pictures."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.catalog.domain.pictures import Picture, PictureState
from services.catalog.domain.products import Product, ProductState
from services.catalog.domain.uploads import UploadPurpose
from services.catalog.usecases.creators_products import own_product
from services.catalog.usecases.edit_product import ProductInReview
from services.catalog.usecases.find_upload import take_upload
from services.catalog.usecases.later import PROCESS_PICTURE
from services.catalog.usecases.reindex import reindex
from shared.auth import Reader
from shared.messaging.timers import schedule
from shared.problems import Conflict, NotFound
from shared.service import Service

MOST_PICTURES = 30


class TooManyPictures(Conflict):
    slug, title = "too-many-pictures", "A product has at most 30 pictures"


class LastPicture(Conflict):
    slug, title = "last-picture", "A product on the shelf keeps at least one picture"


def add_picture(
    session: Session, service: Service, reader: Reader, product_id: UUID, upload_id: UUID, about: dict[str, Any]
) -> Picture:
    """A received picture whose processing is scheduled; `about` holds declared_ai and alt (zh, en)."""
    now = service.clock.now()
    product = _open_product(session, reader, product_id)
    living = [one for one in product.pictures if one.state not in (PictureState.REMOVED, PictureState.REFUSED)]
    if len(living) >= MOST_PICTURES:
        raise TooManyPictures()
    upload = take_upload(session, reader, upload_id, UploadPurpose.PICTURE, now)
    picture = Picture(
        product_id=product.id,
        upload_id=upload.id,
        position=max((one.position for one in product.pictures), default=-1) + 1,
        size=upload.size,
        created_at=now,
    )
    describe_picture(picture, about)
    product.pictures.append(picture)
    session.flush()
    schedule(session, PROCESS_PICTURE, picture.id, now)
    return picture


def describe_picture(picture: Picture, about: dict[str, Any]) -> None:
    picture.declared_ai = about.get("declared_ai", True)
    for language, words in about.get("alt", {}).items():
        setattr(picture, f"alt_{language}", words)


def remove_picture(session: Session, service: Service, reader: Reader, picture_id: UUID) -> list[str]:
    """Take a picture away; the store's keys that may now be deleted. Raises LastPicture (409), NotFound."""
    picture = session.get(Picture, picture_id)
    if picture is None or picture.state is PictureState.REMOVED:
        raise NotFound()
    product = _open_product(session, reader, picture.product_id)
    if product.is_on_sale and product.shown_pictures == [picture]:
        raise LastPicture()
    keys = [variant["key"] for variant in picture.variants.values()]
    keys += [picture.original_key] if picture.original_key else []
    picture.move(PictureState.REMOVED)
    picture.variants, picture.original_key = {}, None
    picture.processed_at = service.clock.now()
    reindex(session, product.id)
    return keys


def _open_product(session: Session, reader: Reader, product_id: UUID) -> Product:
    product = own_product(session, reader, product_id)
    if product.state is ProductState.IN_REVIEW:
        raise ProductInReview()
    return product
