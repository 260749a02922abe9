"""Give the holder of an entitlement a short-lived link to their own copy of a file."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.catalog.domain.coverage import covered_file, held_by
from services.catalog.domain.doors import DownloadLimitReached, refuse_closed
from services.catalog.domain.downloads import AccessKind, Copy, DownloadLink, Visit
from services.catalog.domain.entitlements import Entitlement
from services.catalog.domain.files import ProductFile
from services.catalog.domain.marks import mark_for
from shared.ids import new_id
from shared.problems import NotFound


@dataclass(frozen=True)
class LinkTerms:
    """The shop's settings for a link: downloads of one file before an operator asks, and who we are."""

    allowed: int
    platform: str


def give_link(
    session: Session,
    entitlement_id: UUID,
    file_id: UUID,
    *,
    visit: Visit,
    organisations: Collection[UUID],
    terms: LinkTerms,
    now: datetime,
) -> DownloadLink:
    """A new link for one person to one copy; signing it for a few minutes is the caller's part.

    The copy is made the first time, with the mark it keeps for ever. Raises NotFound where the entitlement is
    not the visitor's or does not cover the file, AccessRevoked, TakenDown and DownloadLimitReached (403).
    """
    mine = held_by(visit.person_id, organisations)
    entitlement = session.scalar(select(Entitlement).where(Entitlement.id == entitlement_id, mine))
    file = covered_file(session, entitlement, file_id) if entitlement else None
    if entitlement is None or file is None:
        raise NotFound()
    refuse_closed(session, entitlement, file)
    copy = _copy(session, entitlement, file, terms, now)
    if copy.used >= copy.allowed and not copy.may_resume(now):
        raise DownloadLimitReached()
    link = DownloadLink(id=new_id(), copy_id=copy.id, reader_id=visit.person_id, made_at=now)
    session.add_all([link, visit.entry_of(AccessKind.LINK_GIVEN, now, copy, link.id)])
    return link


def _copy(session: Session, entitlement: Entitlement, file: ProductFile, terms: LinkTerms, now: datetime) -> Copy:
    copy_id = uuid4()  # not to be guessed: it proves that a trace is ours
    fresh = {
        "id": copy_id,
        "entitlement_id": entitlement.id,
        "file_id": file.id,
        "made_at": now,
        "mark": mark_for(copy_id, entitlement, file, platform=terms.platform, at=now),
        "allowed": terms.allowed,
        "used": 0,
    }
    # Two tabs may ask at once; the copy is whichever was made first, and its bytes never change.
    session.execute(insert(Copy).values(fresh).on_conflict_do_nothing())
    same = (Copy.entitlement_id == entitlement.id) & (Copy.file_id == file.id)
    return session.scalars(select(Copy).where(same)).one()
