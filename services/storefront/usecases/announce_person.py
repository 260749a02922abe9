"""Tell the other services what they may know of a person."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.storefront.domain.person import Person
from shared.contracts import PERSON_CHANGED
from shared.messaging.envelope import Event
from shared.messaging.outbox import emit

SOURCE = "storefront"


def announce_person(session: Session, person: Person, now: datetime) -> Event:
    """Count the person's version up and emit `person.changed` in the caller's transaction."""
    session.flush()  # a new row has its id and its version from here on
    person.version += 1
    return emit(session, SOURCE, PERSON_CHANGED, person.facts(), subject=person.id, now=now)


def republish_people(session: Session, now: datetime) -> Iterator[Event]:
    """Emit every living person's facts at their present version, for a consumer younger than the outbox."""
    living = select(Person).where(Person.erased_at.is_(None), Person.version > 0).order_by(Person.id)
    for person in session.scalars(living.execution_options(yield_per=500)):
        yield emit(session, SOURCE, PERSON_CHANGED, person.facts(), subject=person.id, now=now)
