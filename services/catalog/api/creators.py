"""A creator's products: begin, describe, add versions and files, publish, withdraw."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.catalog.api.schemas.creators import (
    FileInput,
    OwnFileSchema,
    OwnProductSchema,
    OwnProductsSchema,
    OwnVersionSchema,
    ProductChangeInput,
    ProductInput,
    PublicationInput,
    VersionInput,
    WithdrawalInput,
)
from services.catalog.domain.versions import Version
from services.catalog.queries.creators import OwnProduct, own_product_page, own_products
from services.catalog.settings import catalog_settings
from services.catalog.usecases.add_version import add_version, edit_version
from services.catalog.usecases.attach_file import attach_file, remove_file
from services.catalog.usecases.create_product import create_product
from services.catalog.usecases.edit_product import edit_product
from services.catalog.usecases.publish_product import Affirmed, publish_product
from services.catalog.usecases.withdraw_product import withdraw_product
from shared.api import Blueprint
from shared.auth import CREATOR, current_reader, needs
from shared.idempotency import once
from shared.pagination import Page, PageQuery
from shared.service import this_service

Answer = tuple[dict[str, Any], int]
blueprint = Blueprint("creators", __name__, description="A creator's own products")


def _now() -> Any:
    return this_service().clock.now()


def _page(session: Session, product_id: UUID) -> dict[str, Any]:
    session.flush()
    session.expire_all()
    page: dict[str, Any] = OwnProductSchema().dump(own_product_page(session, current_reader(), product_id))
    return page


@blueprint.get("/my/products")
@needs(CREATOR)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, OwnProductsSchema)
def show_all(query: dict[str, Any]) -> Page[OwnProduct]:
    """The reader's products, newest first."""
    with this_service().database.transaction() as session:
        return own_products(session, current_reader(), query["cursor"], query["limit"])


@blueprint.get("/my/products/<uuid:product_id>")
@needs(CREATOR)
@blueprint.response(200, OwnProductSchema)
def show(product_id: UUID) -> OwnProduct:
    """One product with its versions, files, pictures and history."""
    with this_service().database.transaction() as session:
        return own_product_page(session, current_reader(), product_id)


@blueprint.post("/products")
@needs(CREATOR)
@blueprint.arguments(ProductInput)
@blueprint.response(201, OwnProductSchema)
@once
def create(session: Session, body: dict[str, Any]) -> Answer:
    """Begin a draft with its first version."""
    product = create_product(session, current_reader(), body["kind"], body["title"], _now())
    return _page(session, product.id), 201


@blueprint.patch("/products/<uuid:product_id>")
@needs(CREATOR)
@blueprint.arguments(ProductChangeInput)
@blueprint.response(200, OwnProductSchema)
def change(body: dict[str, Any], product_id: UUID) -> OwnProduct:
    """Change words, price, permissions or parts; what is on sale is offered anew."""
    with this_service().database.transaction() as session:
        edit_product(session, current_reader(), product_id, body, catalog_settings(), _now())
        session.flush()
        session.expire_all()
        return own_product_page(session, current_reader(), product_id)


@blueprint.post("/products/<uuid:product_id>/versions")
@needs(CREATOR)
@blueprint.arguments(VersionInput)
@blueprint.response(201, OwnVersionSchema)
@once
def begin_version(session: Session, body: dict[str, Any], product_id: UUID) -> Answer:
    """Begin a new version."""
    version = add_version(session, current_reader(), product_id, body, _now())
    return OwnVersionSchema().dump(version), 201


@blueprint.patch("/versions/<uuid:version_id>")
@needs(CREATOR)
@blueprint.arguments(VersionInput)
@blueprint.response(200, OwnVersionSchema)
def change_version(body: dict[str, Any], version_id: UUID) -> Version:
    """Change an open version's note, label or base model."""
    with this_service().database.transaction() as session:
        version = edit_version(session, current_reader(), version_id, body)
        assert version.files is not None  # noqa: S101  # read while the session is open
        return version


@blueprint.post("/versions/<uuid:version_id>/files")
@needs(CREATOR)
@blueprint.arguments(FileInput)
@blueprint.response(202, OwnFileSchema)
@once
def add_file(session: Session, body: dict[str, Any], version_id: UUID) -> Answer:
    """Make a complete upload a file; its inspection follows, ask GET /my/products/{id} how it goes."""
    file = attach_file(session, this_service(), current_reader(), version_id, body["upload_id"])
    return OwnFileSchema().dump(file), 202


@blueprint.delete("/files/<uuid:file_id>")
@needs(CREATOR)
@blueprint.response(204)
def drop_file(file_id: UUID) -> None:
    """Take a file out of an open version."""
    with this_service().database.transaction() as session:
        key = remove_file(session, current_reader(), file_id)
    if key:
        this_service().store.delete(key)


@blueprint.post("/products/<uuid:product_id>/publication")
@needs(CREATOR)
@blueprint.arguments(PublicationInput)
@blueprint.response(202, OwnProductSchema)
@once
def publish(session: Session, body: dict[str, Any], product_id: UUID) -> Answer:
    """Affirm the right to sell and hand the product to the checks."""
    affirmed = Affirmed(body["affirmation_version"], body["language"])
    publish_product(session, current_reader(), product_id, affirmed, catalog_settings(), _now())
    return _page(session, product_id), 202


@blueprint.post("/products/<uuid:product_id>/withdrawal")
@needs(CREATOR)
@blueprint.arguments(WithdrawalInput)
@blueprint.response(200, OwnProductSchema)
@once
def withdraw(session: Session, body: dict[str, Any], product_id: UUID) -> Answer:
    """Take it off the shelf; those who bought it keep it."""
    withdraw_product(session, current_reader(), product_id, body["reason"], _now())
    return _page(session, product_id), 200
