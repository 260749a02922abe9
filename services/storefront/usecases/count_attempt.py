"""Count a try, so that passwords and codes cannot be guessed by trying."""

import hashlib
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.storefront.domain.attempts import Attempts, Limit
from shared.problems import Problem

KEPT = timedelta(days=1)


class TooManyAttempts(Problem):
    slug, status, title = "too-many-attempts", 429, "Too many attempts; wait a little"

    def __init__(self, retry_after: int) -> None:
        super().__init__(retry_after=retry_after)
        self.retry_after = retry_after
        self.headers = {"Retry-After": str(retry_after)}


def bucket(limit: Limit, whom: str) -> str:
    """A name for what is counted that does not tell whom it counts."""
    return hashlib.sha256(f"{limit.name}\0{whom.strip().lower()}".encode()).hexdigest()


def count_attempt(session: Session, limit: Limit, whom: str) -> None:
    """Count one try of `whom` in the present window, atomically over all workers.

    Raises TooManyAttempts (429 with Retry-After, real time) when the limit was already reached.
    """
    now = datetime.now(UTC)
    row = {"bucket": bucket(limit, whom), "window_start": limit.window_start(now), "count": 1}
    statement = insert(Attempts).values(row)
    counted = statement.on_conflict_do_update(
        index_elements=["bucket", "window_start"], set_={"count": Attempts.count + 1}
    ).returning(Attempts.count)
    if session.scalars(counted).one() > limit.most:
        raise TooManyAttempts(limit.seconds_left(now))


def take_back_attempt(session: Session, limit: Limit, whom: str) -> None:
    """Uncount one try that succeeded."""
    here = (Attempts.bucket == bucket(limit, whom), Attempts.window_start == limit.window_start(datetime.now(UTC)))
    session.execute(update(Attempts).where(*here, Attempts.count > 0).values(count=Attempts.count - 1))


def forget_attempts(session: Session) -> None:
    """Drop windows older than a day."""
    session.execute(delete(Attempts).where(Attempts.window_start < datetime.now(UTC) - KEPT))
