"""Change how a person is called and which language letters to them are in."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.storefront.domain.person import LANGUAGES, LONGEST_NAME, Person
from services.storefront.usecases.announce_person import announce_person
from shared.problems import Invalid


class NameRefused(Invalid):
    slug, title = "name-refused", "A name has 1 to 40 visible characters"


def check_name(name: str) -> str:
    """The name with its spaces tidied; raises NameRefused."""
    tidy = " ".join(name.split())
    if not tidy or len(tidy) > LONGEST_NAME or not tidy.isprintable():
        raise NameRefused(errors=[{"pointer": "/display_name", "code": "name"}])
    return tidy


def change_profile(session: Session, person: Person, *, display_name: str, language: str, now: datetime) -> bool:
    """Set both and announce the person; False when nothing was different. Raises NameRefused, Invalid."""
    name = check_name(display_name)
    if language not in LANGUAGES:
        raise Invalid(errors=[{"pointer": "/language", "code": "unknown"}])
    if (name, language) == (person.display_name, person.language):
        return False
    person.display_name, person.language = name, language
    announce_person(session, person, now)
    return True
