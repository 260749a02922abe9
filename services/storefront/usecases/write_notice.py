"""Turn a notice of another service into a letter; storefront alone knows addresses."""

from datetime import datetime
from urllib.parse import urljoin
from uuid import UUID

from sqlalchemy.orm import Session

from services.storefront.domain.person import Person
from services.storefront.letters import template_for
from services.storefront.usecases.write_letter import write_letter
from shared.contracts.facts import Notice


def write_notice(session: Session, notice: Notice, front: str, now: datetime) -> UUID | None:
    """Write the notice's letter once, in the person's language; None for somebody unknown, erased or unconfirmed.

    An address that nobody confirmed may be a stranger's, so nothing but its confirmation is sent there.
    """
    person = session.get(Person, notice.person_id)
    if person is None or not person.active or person.confirmed_at is None:
        return None
    facts = {"name": person.display_name, "facts": notice.facts, "link": urljoin(front, notice.url)}
    return write_letter(
        session,
        recipient=person.email,
        language=person.language,
        template=template_for(notice.topic),
        facts=facts,
        now=now,
        person_id=person.id,
        reason=f"notice {notice.notice_id}",
    )
