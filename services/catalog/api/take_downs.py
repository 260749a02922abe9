"""Taking a product down because of somebody's rights, and ending that: for operators."""

from typing import Any
from uuid import UUID

from services.catalog.api.schemas.access import ReasonInput, TakeDownInput, TakeDownSchema
from services.catalog.domain.entitlements import TakeDown
from services.catalog.usecases.lift_take_down import lift_take_down
from services.catalog.usecases.take_down_product import take_down_product
from shared.api import Blueprint
from shared.auth import OPERATOR, current_reader, needs
from shared.service import this_service

blueprint = Blueprint("take_downs", __name__, description="Take-downs, for operators")


@blueprint.post("/products/<uuid:product_id>/take-down")
@needs(OPERATOR)
@blueprint.arguments(TakeDownInput)
@blueprint.response(200, TakeDownSchema)
def take_down(body: dict[str, Any], product_id: UUID) -> TakeDown:
    """Off the shelf, and closed to those who bought it."""
    with this_service().database.transaction() as session:
        by, now = current_reader().id, this_service().clock.now()
        return take_down_product(session, product_id, by=by, now=now, **body)


@blueprint.post("/products/<uuid:product_id>/take-down/end")
@needs(OPERATOR)
@blueprint.arguments(ReasonInput)
@blueprint.response(200, TakeDownSchema)
def lift(body: dict[str, Any], product_id: UUID) -> TakeDown:
    """Open the doors again; the product stays off the shelf until its creator publishes it anew."""
    with this_service().database.transaction() as session:
        by, now = current_reader().id, this_service().clock.now()
        return lift_take_down(session, product_id, note=body["reason"], by=by, now=now)
