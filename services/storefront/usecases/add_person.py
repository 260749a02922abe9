"""Add a person from the command line or a set-up step: staff, and the demo's accounts."""

from datetime import datetime

from flask_security import hash_password
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.storefront.domain.person import CHINESE, Person
from services.storefront.usecases.announce_person import announce_person
from services.storefront.usecases.change_profile import check_name
from services.storefront.usecases.give_role import give_role
from shared.ids import new_id


def add_person(
    session: Session,
    *,
    email: str,
    password: str,
    display_name: str,
    now: datetime,
    roles: tuple[str, ...] = (),
    language: str = CHINESE,
) -> Person:
    """A confirmed account, announced to the other services; an address that exists keeps its password.

    Needs an application context, whose settings hash the password (argon2id). Raises NameRefused.
    """
    person = session.scalar(select(Person).where(func.lower(Person.email) == email.lower()))
    if person is None:
        person = Person(
            id=new_id(),
            version=0,
            email=email,
            display_name=check_name(display_name),
            language=language,
            password=hash_password(password),
            active=True,
            fs_uniquifier=new_id().hex,
            confirmed_at=now,
        )
        session.add(person)
        announce_person(session, person, now)
    for role in roles:
        give_role(session, person, role, now)
    return person
