"""What storefront can show of its own: a person's sign-ins, and the demo's letters."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.storefront.domain.letter import Letter
from services.storefront.domain.sign_in import SignIn


def open_sign_ins(session: Session, person_id: UUID) -> Sequence[SignIn]:
    """The person's own sign-ins that still hold, the newest first."""
    now = datetime.now(UTC)
    mine = select(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    return [found for found in session.scalars(mine.order_by(SignIn.last_seen_at.desc())) if found.holds(now)]


def waiting_letters(session: Session) -> int:
    """How many letters have not gone out yet."""
    return len(session.scalars(select(Letter.id).where(Letter.sent_at.is_(None)).limit(1000)).all())
