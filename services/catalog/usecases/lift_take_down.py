"""An operator ends a take-down."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.catalog.domain.entitlements import TakeDown
from shared.problems import Conflict


class NotTakenDown(Conflict):
    slug, title = "not-taken-down", "The product is not taken down"


def lift_take_down(session: Session, product_id: UUID, *, note: str, by: UUID, now: datetime) -> TakeDown:
    """Open the doors again; the product stays off the shelf until its creator publishes it anew.
    Raises NotTakenDown (409)."""
    is_open = (TakeDown.product_id == product_id) & TakeDown.lifted_at.is_(None)
    take_down = session.scalar(select(TakeDown).where(is_open).with_for_update())
    if take_down is None:
        raise NotTakenDown()
    take_down.lifted_at, take_down.lifted_by, take_down.lifted_note = now, by, note
    return take_down
