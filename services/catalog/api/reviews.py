"""What waits for an operator's judgement."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.catalog.api.schemas.creators import DecisionInput, ReviewSchema
from services.catalog.domain.reviews import Review
from services.catalog.queries.creators import creator_names, open_reviews
from services.catalog.settings import catalog_settings
from services.catalog.usecases.decide_review import decide_review
from shared.api import Blueprint
from shared.auth import OPERATOR, current_reader, needs
from shared.idempotency import once
from shared.pagination import PageQuery
from shared.service import this_service

blueprint = Blueprint("reviews", __name__, description="Reviews, for operators")


@blueprint.get("/reviews")
@needs(OPERATOR)
@blueprint.arguments(PageQuery, location="query")
@blueprint.response(200)
def show_all(query: dict[str, Any]) -> dict[str, Any]:
    """Open reviews, the oldest first."""
    with this_service().database.transaction() as session:
        page = open_reviews(session, query["cursor"], query["limit"])
        return {"items": _dump(session, list(page.items)), "next_cursor": page.next_cursor}


@blueprint.post("/reviews/<uuid:review_id>/decision")
@needs(OPERATOR)
@blueprint.arguments(DecisionInput)
@blueprint.response(200, ReviewSchema)
@once
def decide(session: Session, body: dict[str, Any], review_id: UUID) -> dict[str, Any]:
    """Approve, which releases the product, or reject, which gives it back with the note."""
    review = decide_review(
        session,
        current_reader(),
        review_id,
        approve=body["decision"] == "approve",
        note=body["note"],
        settings=catalog_settings(),
        now=this_service().clock.now(),
    )
    session.flush()
    return _dump(session, [review])[0]


def _dump(session: Session, reviews: list[Review]) -> list[dict[str, Any]]:
    names = creator_names(session, [review.product.creator_id for review in reviews])
    shown = ("id", "state", "reasons", "opened_at", "decided_at", "note", "product")
    plain = [
        {name: getattr(review, name) for name in shown}
        | {"creator": {"id": str(review.product.creator_id), "name": names.get(review.product.creator_id, "")}}
        for review in reviews
    ]
    dumped: list[dict[str, Any]] = ReviewSchema(many=True).dump(plain)
    return dumped
