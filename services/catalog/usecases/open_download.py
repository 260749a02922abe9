"""Fetch a copy by its link: every check is made again at every request, and each link counts once."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.catalog.domain.coverage import covered_file
from services.catalog.domain.doors import DownloadLimitReached, refuse_closed
from services.catalog.domain.downloads import (
    MOST_RESUMPTIONS,
    AccessEntry,
    AccessKind,
    Copy,
    DownloadLink,
    Visit,
)
from services.catalog.domain.entitlements import Entitlement
from services.catalog.domain.files import ProductFile
from shared.problems import NotFound


@dataclass(frozen=True)
class OpenedCopy:
    """What is to be sent: the stored file, and the mark to write into this buyer's copy of it."""

    link: DownloadLink
    copy: Copy
    file: ProductFile
    entitlement: Entitlement


def open_download(session: Session, link_id: UUID) -> OpenedCopy:
    """What a link leads to, now.

    Raises NotFound for a link or file that is gone, AccessRevoked and TakenDown (403) where the
    entitlement no longer holds, however valid the link's signature is.
    """
    link = session.get(DownloadLink, link_id)
    copy = session.get(Copy, link.copy_id) if link else None
    entitlement = session.get(Entitlement, copy.entitlement_id) if copy else None
    if link is None or copy is None or entitlement is None:
        raise NotFound()
    file = covered_file(session, entitlement, copy.file_id)
    if file is None:
        raise NotFound()
    refuse_closed(session, entitlement, file)
    return OpenedCopy(link, copy, file, entitlement)


def begin_download(
    session: Session, link_id: UUID, *, visit: Visit, first: int, length: int, now: datetime
) -> AccessEntry:
    """Count the download and log that it began with byte `first`; the copy's row is locked while it counts.

    A link counts at its first use and never again, so ranges and retries are free. A new link that asks
    from the middle on within a day of a counted download resumes that one (ten times at most).
    Raises DownloadLimitReached, and all that `open_download` raises.
    """
    opened = open_download(session, link_id)
    copy = session.get_one(Copy, opened.copy.id, with_for_update=True, populate_existing=True)
    link = session.get_one(DownloadLink, link_id, populate_existing=True)
    counted = False
    if link.counted_at is None:
        counted = not _resumes(session, copy, first, now)
        if counted and copy.used >= copy.allowed:
            raise DownloadLimitReached()
        if counted:
            copy.used, copy.opened_at = copy.used + 1, now
        link.counted_at = now
    entry = visit.entry_of(AccessKind.STARTED, now, copy, link.id)
    entry.counted, entry.first_byte, entry.bytes = counted, first, length
    session.add(entry)
    return entry


def _resumes(session: Session, copy: Copy, first: int, now: datetime) -> bool:
    if first == 0 or not copy.may_resume(now):
        return False
    since = DownloadLink.counted_at > copy.opened_at
    resumed = session.scalar(select(func.count()).where(DownloadLink.copy_id == copy.id, since)) or 0
    return resumed < MOST_RESUMPTIONS


def end_download(session: Session, entry: AccessEntry, sent: int, now: datetime) -> None:
    """Log how many bytes were handed to the connection, and whether that was all that was asked for."""
    session.add(
        AccessEntry(
            at=now,
            kind=AccessKind.ENDED,
            entitlement_id=entry.entitlement_id,
            file_id=entry.file_id,
            copy_id=entry.copy_id,
            link_id=entry.link_id,
            person_id=entry.person_id,
            request_id=entry.request_id,
            address=entry.address,
            user_agent=entry.user_agent,
            first_byte=entry.first_byte,
            bytes=sent,
            complete=sent == entry.bytes,
        )
    )
