"""Database connections outside the pool, for what lives in a session: LISTEN and the relay's lock."""

from datetime import timedelta
from types import TracebackType
from typing import Any, Self

import psycopg
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

# A peer that vanished without a word is noticed in about ten seconds, on our side and on the server's.
KEEPALIVE: dict[str, Any] = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}


def open_session(url: str, name: str, options: str = "") -> psycopg.Connection:
    """An autocommitting connection of its own; raises psycopg.OperationalError."""
    address = make_url(url)
    arguments, keywords = address.get_dialect()().create_connect_args(address)
    own = {"application_name": f"huafang-{name}", "connect_timeout": 5, "options": options}
    return psycopg.connect(*arguments, autocommit=True, **{**keywords, **own, **KEEPALIVE})


class Leadership:
    """The right to be a service's one active relay: an advisory lock that PostgreSQL holds for our session.

    It ends with the session. So that a network cut in silence ends it too, the server closes the session
    when it has heard nothing for `lease`. Whoever leads does its work over `connection`, the very session that
    holds the lock: the work keeps the lease, and without the lock it fails.
    """

    def __init__(self, url: str, name: str, lease: timedelta) -> None:
        milliseconds = int(lease.total_seconds() * 1000)
        own = {
            "application_name": f"huafang-{name}-relay",
            "connect_timeout": 5,
            "options": f"-c idle_session_timeout={milliseconds} -c statement_timeout=5000 -c timezone=UTC",
        }
        self._engine = create_engine(
            url, poolclass=NullPool, isolation_level="AUTOCOMMIT", connect_args={**own, **KEEPALIVE}
        )

    def __enter__(self) -> Self:
        self.connection = self._engine.connect()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.connection.close()

    def take(self) -> bool:
        """Try to become the one; raises OperationalError when the database is away."""
        return bool(self.connection.scalar(text("SELECT pg_try_advisory_lock(hashtext('huafang.relay'), 0)")))
