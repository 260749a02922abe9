"""Why somebody has, or has not, a product."""

from typing import Any

from services.catalog.api.schemas.access import AccessQuery, AccessSchema
from services.catalog.queries.access import Access, explain_access
from shared.api import Blueprint
from shared.auth import current_reader, needs
from shared.service import this_service

blueprint = Blueprint("access", __name__, description="Why somebody has, or has not, a product")


@blueprint.get("/access")
@needs()
@blueprint.arguments(AccessQuery, location="query")
@blueprint.response(200, AccessSchema)
def show_access(query: dict[str, Any]) -> Access:
    """Whether the reader has the product, with every reason for and against."""
    with this_service().database.transaction() as session:
        return explain_access(session, current_reader(), query["product_id"])
