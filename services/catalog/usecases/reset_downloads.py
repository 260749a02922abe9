"""An operator gives a holder more downloads."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.catalog.domain.downloads import Copy
from services.catalog.domain.entitlements import Act, Entitlement
from shared.problems import NotFound


def reset_downloads(
    session: Session,
    entitlement_id: UUID,
    *,
    limit: int,
    reason: str,
    by: UUID,
    now: datetime,
    file_id: UUID | None = None,
) -> Entitlement:
    """Count from 0 again, up to `limit`, for every copy made so far or for one file's.

    Who, when, why, and how many had been used is kept in the entitlement's history. Raises NotFound.
    """
    entitlement = session.get(Entitlement, entitlement_id)
    wanted = select(Copy).where(Copy.entitlement_id == entitlement_id).with_for_update()
    if file_id is not None:
        wanted = wanted.where(Copy.file_id == file_id)
    copies = session.scalars(wanted.order_by(Copy.id)).all()
    if entitlement is None or (file_id is not None and not copies):
        raise NotFound()
    before = {str(copy.file_id): {"used": copy.used, "allowed": copy.allowed} for copy in copies}
    for copy in copies:
        copy.used, copy.allowed = 0, limit
    entitlement.note(Act.LIMIT_RESET, reason, now, by, limit=limit, before=before)
    return entitlement
