"""Pictures: the creator's, and as the shop serves them, labelled and cached for good."""

from typing import Any
from uuid import UUID

from flask import Response
from sqlalchemy.orm import Session

from services.catalog.api.schemas.creators import OwnPictureSchema, PictureInput
from services.catalog.domain.pictures import Picture, PictureState
from services.catalog.domain.products import Product
from services.catalog.usecases.pictures_of_product import add_picture, remove_picture
from shared.api import Blueprint
from shared.auth import CREATOR, current_reader, needs, optional_reader
from shared.etag import conditional
from shared.idempotency import once
from shared.problems import NotFound
from shared.service import this_service

FOR_GOOD = "public, max-age=31536000, immutable"
blueprint = Blueprint("pictures", __name__, description="Pictures")


@blueprint.post("/products/<uuid:product_id>/pictures")
@needs(CREATOR)
@blueprint.arguments(PictureInput)
@blueprint.response(202, OwnPictureSchema)
@once
def add(session: Session, body: dict[str, Any], product_id: UUID) -> tuple[dict[str, Any], int]:
    """Make a complete upload a sample picture; its check and labelling follow."""
    picture = add_picture(session, this_service(), current_reader(), product_id, body["upload_id"], body)
    return OwnPictureSchema().dump(picture), 202


@blueprint.delete("/pictures/<uuid:picture_id>")
@needs(CREATOR)
@blueprint.response(204)
def remove(picture_id: UUID) -> None:
    """Take a picture away."""
    with this_service().database.transaction() as session:
        keys = remove_picture(session, this_service(), current_reader(), picture_id)
    for key in keys:
        this_service().store.delete(key)


@blueprint.get("/pictures/<uuid:picture_id>/<string:name>.webp")
@blueprint.response(200)
def serve(picture_id: UUID, name: str) -> Response:
    """A labelled variant (card, large) as WebP; one that waits for a judgement is its creator's alone."""
    with this_service().database.transaction() as session:
        picture = session.get(Picture, picture_id)
        variant = picture.variants.get(name) if picture else None
        if picture is None or variant is None or not _may_see(session, picture):
            raise NotFound()
        is_public = picture.state is PictureState.READY
    response = Response(this_service().store.read(variant["key"]), mimetype="image/webp")
    return conditional(response, variant["sha256"][:32], FOR_GOOD if is_public else "private, no-store")


def _may_see(session: Session, picture: Picture) -> bool:
    if picture.state is PictureState.READY:
        return True
    reader = optional_reader()
    if reader is None or picture.state is not PictureState.HELD:
        return False
    return reader.is_operator or session.get_one(Product, picture.product_id).creator_id == reader.id
