"""Send an announcement to those it is for, a batch in a transaction."""

from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from services.catalog.domain.announcements import Announcement
from services.catalog.domain.coverage import coverage
from services.catalog.domain.entitlements import Entitlement, EntitlementState
from shared.contracts import NOTICE_WANTED
from shared.contracts.facts import Notice
from shared.messaging.outbox import emit
from shared.messaging.timers import Timer
from shared.service import Service

SOURCE = "catalog"
BATCH = 200


def tell_holders(service: Service, timer: Timer) -> None:
    """The handler of the timer `announce`: tell everybody the announcement is for, each once.

    How far it got is written with each batch, so that a run after a crash goes on from there.
    """
    while True:
        with service.database.transaction() as session:
            if not _tell_batch(session, UUID(timer.subject), service.clock.now()):
                return


def _tell_batch(session: Session, announcement_id: UUID, now: datetime) -> bool:
    """Tell the next ones; False when there is nobody left."""
    announcement = session.get(Announcement, announcement_id, with_for_update=True)
    if announcement is None or announcement.done_at is not None:
        return False
    holders = _holders(session, announcement)
    for person_id, entitlement_id in holders:
        notice = Notice(
            notice_id=uuid5(announcement.id, str(person_id)),
            person_id=person_id,
            topic=announcement.topic,
            facts=announcement.facts,
            url=f"/library/{entitlement_id}",
            at=now,
        )
        emit(session, SOURCE, NOTICE_WANTED, notice, subject=notice.notice_id, now=now)
    announcement.count += len(holders)
    if len(holders) < BATCH:
        announcement.done_at = now
        return False
    announcement.told_to = holders[-1][0]
    return True


def _holders(session: Session, announcement: Announcement) -> list[tuple[UUID, UUID]]:
    """The next persons who hold the product, by themselves or in a bundle, each with one of their entitlements."""
    bought_before = (Entitlement.granted_at <= announcement.until, Entitlement.state == EntitlementState.ACTIVE)
    covered = coverage(*bought_before)
    holders = (
        select(Entitlement.buyer_id, Entitlement.id)
        .ext(distinct_on(Entitlement.buyer_id))
        .join(covered, covered.c.entitlement_id == Entitlement.id)
        .where(covered.c.product_id == announcement.product_id)
        .order_by(Entitlement.buyer_id, Entitlement.granted_at, Entitlement.id)
        .limit(BATCH)
    )
    if announcement.told_to is not None:
        holders = holders.where(Entitlement.buyer_id > announcement.told_to)
    return [(person, entitlement) for person, entitlement in session.execute(holders)]
