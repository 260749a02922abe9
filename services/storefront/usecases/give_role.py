"""Give a person a role, or take it away."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.storefront.domain.person import Person, Role
from services.storefront.usecases.announce_person import announce_person
from shared.problems import NotFound


def give_role(session: Session, person: Person, name: str, now: datetime) -> None:
    """Add the role `name` and announce the person; having it already changes nothing. Raises NotFound."""
    if name in person.role_names:
        return
    role = session.scalar(select(Role).where(Role.name == name))
    if role is None:
        raise NotFound()
    person.roles.append(role)
    announce_person(session, person, now)
