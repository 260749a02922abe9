"""Erase a person: here at once, in the other services by one event."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from services.storefront.domain.letter import Letter
from services.storefront.domain.person import Person
from services.storefront.domain.sign_in import SignIn
from services.storefront.usecases.announce_person import SOURCE
from shared.contracts import PERSON_ERASED
from shared.messaging.outbox import emit


def erase_person(session: Session, person: Person, now: datetime) -> None:
    """Forget the address, name, password, second factor, letters and sign-ins, and emit `person.erased`.

    The id stays, so that orders and works which must be kept by law keep their author without a name
    (PIPL art. 47). Raises AlreadyErased.
    """
    erased = person.erase(now)
    session.execute(delete(Letter).where(Letter.person_id == person.id))
    session.execute(delete(SignIn).where(SignIn.person_id == person.id))
    session.flush()
    emit(session, SOURCE, PERSON_ERASED, erased, subject=person.id, now=now)
