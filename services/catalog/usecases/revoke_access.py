"""An operator takes an entitlement back, apart from any refund."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.catalog.domain.entitlements import Entitlement
from services.catalog.usecases.count_sale import count_sale
from shared.problems import NotFound


def revoke_access(session: Session, entitlement_id: UUID, *, reason: str, by: UUID, now: datetime) -> Entitlement:
    """Take an entitlement back by an operator's decision, apart from any refund (a broken licence, say).
    Raises NotFound, and MoveRefused (409) for one that is not active."""
    entitlement = session.get(Entitlement, entitlement_id, with_for_update=True)
    if entitlement is None:
        raise NotFound()
    entitlement.revoke(reason, now, by)
    count_sale(session, entitlement.product_id, -1)
    return entitlement
