"""Database connections outside the pool, for what lives in a session: LISTEN and the relay's lock."""

from datetime import timedelta
from types import TracebackType
from typing import Any, Self

import psycopg
from sqlalchemy.engine import make_url

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
    when it has heard nothing for `lease`; the holder asks at least three times in that time.
    """

    def __init__(self, url: str, name: str, lease: timedelta) -> None:
        self._url = url
        self._name = name
        self._lease = lease

    def __enter__(self) -> Self:
        milliseconds = int(self._lease.total_seconds() * 1000)
        options = f"-c idle_session_timeout={milliseconds} -c statement_timeout=5000"
        self._connection = open_session(self._url, f"{self._name}-relay", options)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._connection.close()

    def take(self) -> bool:
        """Try to become the one; raises psycopg.OperationalError when the database is away."""
        row = self._connection.execute("SELECT pg_try_advisory_lock(hashtext('huafang.relay'), 0)").fetchone()
        return bool(row and row[0])

    def keep(self) -> None:
        """Show that we are alive; raises psycopg.OperationalError when the right is lost."""
        self._connection.execute("SELECT 1")
