"""What a session cookie is worth: it names a sign-in kept here, which idles out and can be ended."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flask import Flask, g, request, session
from flask_login import user_logged_out
from flask_security import current_user, user_authenticated
from sqlalchemy import update

from services.storefront.domain.person import Person
from services.storefront.domain.sign_in import SignIn
from services.storefront.pages.sign_in.people import people_session
from shared.ids import new_id, parse_id

CLAIM = "sign_in"
# What a visitor had in hand before signing in and keeps: everything else starts afresh.
KEPT_AT_SIGN_IN = ("guest_id", "_user_id", "_fresh", "_id", "fs_paa", "fs_cc", "_flashes")


def keep_sign_ins(app: Flask) -> None:
    """Check the sign-in of each request, begin one at sign-in and end it at sign-out."""
    app.before_request(_check)
    user_authenticated.connect(_begin, app)
    user_logged_out.connect(_end, app)


def end_sign_ins(person_id: UUID) -> None:
    """End every sign-in of a person, on every device, in the request's own transaction."""
    ended = update(SignIn).where(SignIn.person_id == person_id, SignIn.ended_at.is_(None))
    people_session.execute(ended.values(ended_at=datetime.now(UTC)))


def _check() -> None:
    """Forget a session whose sign-in ended; then give the connection back before services are asked."""
    if request.endpoint == "static" or "_user_id" not in session:
        return
    sign_in_id = parse_id(str(session.get(CLAIM, "")))
    sign_in = people_session.get(SignIn, sign_in_id) if sign_in_id else None
    now = datetime.now(UTC)
    if sign_in is None or not sign_in.holds(now) or not current_user.is_authenticated:
        session.clear()
        g.pop("_login_user", None)
    else:
        sign_in.seen(now)
    people_session.commit()


def _begin(_app: Flask, user: Person, **_: Any) -> None:
    """A new sign-in: nothing of the session before it survives but a guest's cart."""
    now = datetime.now(UTC)
    _end_claimed(now)
    for key in set(session) - set(KEPT_AT_SIGN_IN):
        session.pop(key)
    g.pop("csrf_token", None)
    session.permanent = True
    session[CLAIM] = new_id().hex
    people_session.add(
        SignIn(
            id=UUID(session[CLAIM]),
            person_id=user.id,
            began_at=now,
            last_seen_at=now,
            ended_at=None,
            for_staff=user.is_operator,
        )
    )


def _end(_app: Flask, **_: Any) -> None:
    if CLAIM not in session:
        return
    _end_claimed(datetime.now(UTC))
    people_session.commit()
    session.clear()
    g.pop("csrf_token", None)


def _end_claimed(now: datetime) -> None:
    sign_in_id = parse_id(str(session.pop(CLAIM, "")))
    if sign_in_id:
        ended = update(SignIn).where(SignIn.id == sign_in_id, SignIn.ended_at.is_(None))
        people_session.execute(ended.values(ended_at=now))
