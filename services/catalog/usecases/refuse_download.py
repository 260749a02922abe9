"""Write down that somebody was turned away: part of the evidence, as much as what was sent."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.catalog.domain.downloads import AccessKind, Copy, DownloadLink, Visit


def log_refused_link(
    session: Session, visit: Visit, entitlement_id: UUID, file_id: UUID, *, reason: str, now: datetime
) -> None:
    """Log that no link was given to the holder of an entitlement, for `reason` (the problem's slug)."""
    session.add(visit.entry(AccessKind.REFUSED, now, entitlement_id=entitlement_id, file_id=file_id, reason=reason))


def log_refused_download(session: Session, visit: Visit, link_id: UUID, *, reason: str, now: datetime) -> None:
    """Log that a link was not served any more; nothing for a link that never was."""
    link = session.get(DownloadLink, link_id)
    copy = session.get(Copy, link.copy_id) if link else None
    if copy is not None:
        entry = visit.entry_of(AccessKind.REFUSED, now, copy, link_id)
        entry.reason = reason
        session.add(entry)
