"""One PostgreSQL database a service: engine, sessions, and the tables every service has.

A request or a message is one transaction, opened at its edge:

    with database.transaction() as session:
        place_order(session, ...)

Leaving the block with an exception rolls everything back.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import DateTime, MetaData, create_engine, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, sessionmaker

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
TYPES = {datetime: DateTime(timezone=True), dict[str, Any]: JSONB, list[Any]: JSONB}


def service_metadata() -> MetaData:
    """Metadata for one service's own tables, with constraint names that migrations can rely on."""
    return MetaData(naming_convention=NAMING)


class SharedBase(DeclarativeBase):
    """Base of the tables that stand in every service's database (outbox, inbox, timers, keys)."""

    metadata = service_metadata()
    type_annotation_map = TYPES


class Database:
    """A service's database. Statements end after 5 s and lock waits after 2 s, so that nothing hangs."""

    def __init__(self, url: str, *, name: str, pool_size: int = 5, statement_timeout: int = 5_000) -> None:
        self.url = url
        self.engine = create_engine(
            url,
            pool_pre_ping=True,
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_timeout=5,
            connect_args={
                "application_name": f"huafang-{name}",
                "connect_timeout": 5,
                "options": (
                    f"-c statement_timeout={statement_timeout} -c lock_timeout=2000"
                    " -c idle_in_transaction_session_timeout=60000 -c timezone=UTC"
                ),
            },
        )
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """A session whose work is committed when the block ends and rolled back when it raises."""
        with self._sessions() as session, session.begin():
            yield session

    def is_reachable(self) -> bool:
        """True when a trivial query answers now."""
        try:
            with self.engine.connect() as connection:
                connection.execute(text("SELECT 1"))
        except DBAPIError:
            return False
        return True

    def close(self) -> None:
        self.engine.dispose()
