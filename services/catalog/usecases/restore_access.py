"""An operator gives back what was taken, for a reason that is written down."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.catalog.domain.entitlements import Entitlement
from services.catalog.usecases.count_sale import count_sale
from shared.problems import NotFound


def restore_access(session: Session, entitlement_id: UUID, *, reason: str, by: UUID, now: datetime) -> Entitlement:
    """Make a revoked entitlement hold again. No event ever does that: an order that turns back is told, and a
    person decides. Raises NotFound, and MoveRefused (409) for one that is not revoked."""
    entitlement = session.get(Entitlement, entitlement_id, with_for_update=True)
    if entitlement is None:
        raise NotFound()
    entitlement.restore(reason, now, by)
    count_sale(session, entitlement.product_id, +1)
    return entitlement
