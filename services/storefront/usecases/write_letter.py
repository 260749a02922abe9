"""Write a letter; the worker hands it to the mail gateway after the commit."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.storefront.domain.letter import Letter
from services.storefront.letters import render_letter
from shared.ids import new_id
from shared.messaging.timers import schedule

SEND_LETTER = "send-letter"


def write_letter(
    session: Session,
    *,
    recipient: str,
    language: str,
    template: str,
    facts: dict[str, Any],
    now: datetime,
    person_id: UUID | None = None,
    reason: str = "",
) -> UUID | None:
    """Keep a rendered letter and schedule its sending, both in the caller's transaction.

    With a `reason` that was written for before, nothing is written and None is returned.
    """
    subject, body = render_letter(template, language, facts)
    letter_id = new_id()
    row = {
        "id": letter_id,
        "person_id": person_id,
        "reason": reason or str(letter_id),
        "recipient": recipient,
        "subject": subject,
        "body": body,
        "written_at": now,
    }
    statement = insert(Letter).values(row).on_conflict_do_nothing(index_elements=["reason"])
    if session.scalar(statement.returning(Letter.id)) is None:
        return None
    schedule(session, SEND_LETTER, str(letter_id), now)
    return letter_id
