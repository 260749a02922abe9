"""What the reader owns."""

from typing import Any
from uuid import UUID

from services.catalog.api.schemas.library import LibrarySchema, OwnedDetailSchema
from services.catalog.queries.library import Owned, list_library, show_owned
from services.catalog.settings import catalog_settings
from shared.api import Blueprint
from shared.auth import current_reader, needs
from shared.pagination import Page, PageQuery
from shared.service import this_service

blueprint = Blueprint("library", __name__, description="What the reader owns")


@blueprint.get("/library")
@needs()
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200, LibrarySchema)
def show_library(query: dict[str, Any]) -> Page[Owned]:
    """Everything the reader bought, the newest first; what was taken back is shown with its reason."""
    with this_service().database.transaction() as session:
        return list_library(
            session,
            current_reader(),
            limit=query["limit"],
            cursor=query["cursor"],
            allowed=catalog_settings().download_limit,
        )


@blueprint.get("/library/<uuid:entitlement_id>")
@needs()
@blueprint.response(200, OwnedDetailSchema)
def show_item(entitlement_id: UUID) -> Owned:
    """One purchase: its products, their versions and files, and what is new since the last download."""
    with this_service().database.transaction() as session:
        allowed = catalog_settings().download_limit
        return show_owned(session, current_reader(), entitlement_id, allowed=allowed)
