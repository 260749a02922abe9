"""The request's own database session for accounts, and Flask-Security's view of people."""

from typing import Any

from flask import Flask
from flask.globals import app_ctx
from flask_security import SQLAlchemySessionUserDatastore
from sqlalchemy.orm import Session, scoped_session, sessionmaker

from services.storefront.domain.person import Person, Role
from shared.service import this_service


def _open() -> Session:
    return sessionmaker(this_service().database.engine, expire_on_commit=False)()


people_session: scoped_session[Session] = scoped_session(_open, scopefunc=lambda: id(app_ctx._get_current_object()))  # type: ignore[attr-defined, arg-type]


class People(SQLAlchemySessionUserDatastore):  # type: ignore[misc]  # the library is untyped
    """People in our database; a request that fails leaves nothing."""

    def __init__(self) -> None:
        super().__init__(people_session, Person, Role)


def close_sessions(app: Flask) -> None:
    """Roll back and give back the connection when a request ends."""

    @app.teardown_appcontext
    def close(_error: Any) -> None:
        people_session.remove()
