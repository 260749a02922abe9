"""People change: the creator's name on the shelf follows."""

from collections.abc import Callable

from sqlalchemy.orm import Session

from services.catalog.domain.people import Person
from services.catalog.usecases.reindex import reindex_creator
from shared.contracts import PERSON_CHANGED, PERSON_ERASED
from shared.messaging.envelope import Event

Reaction = Callable[[Session, Event], None]


def person_changed(session: Session, event: Event) -> None:
    """Keep the display name; an older version that arrives late is dropped."""
    told = PERSON_CHANGED.load(event.data)
    person = _known(session, told.person_id, told.version)
    if person is not None:
        person.display_name, person.language = told.display_name, told.language
        reindex_creator(session, person.id)


def person_erased(session: Session, event: Event) -> None:
    """Forget the name; the products and what was bought stay."""
    told = PERSON_ERASED.load(event.data)
    person = _known(session, told.person_id, told.version)
    if person is not None:
        person.display_name, person.erased_at = "", told.at
        reindex_creator(session, person.id)


def _known(session: Session, person_id: object, version: int) -> Person | None:
    person = session.get(Person, person_id, with_for_update=True)
    if person is None:
        person = Person(id=person_id, version=version, display_name="", language="zh")
        session.add(person)
        return person
    if version <= person.version:
        return None
    person.version = version
    return person


REACTIONS: dict[str, Reaction] = {
    f"storefront.{PERSON_CHANGED.name}": person_changed,
    f"storefront.{PERSON_ERASED.name}": person_erased,
}
