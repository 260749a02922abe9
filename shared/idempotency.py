"""`Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header): the same request again gets the first answer.

The key's row, the answer and the effect are one transaction. An error stores nothing, so it may be tried
again with the same key.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from flask import Response, current_app, make_response, request
from sqlalchemy import CursorResult, delete, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from shared.auth import current_reader
from shared.database import SharedBase
from shared.problems import Conflict, Invalid, Malformed
from shared.service import this_service

KEPT = timedelta(days=35)
KEPT_HEADERS = ("Content-Type", "Location", "ETag")


class KeyMissing(Malformed):
    slug, title = "idempotency-key-missing", "This request needs an Idempotency-Key header"


class KeyReused(Invalid):
    slug, title = "idempotency-key-reused", "This Idempotency-Key was used for another request"


class KeyInUse(Conflict):
    slug, title = "request-in-progress", "The same request is being worked on"


class IdempotencyRow(SharedBase):
    """An answer that was given, by who asked, where, and with which key."""

    __tablename__ = "idempotency_keys"

    reader: Mapped[str] = mapped_column(primary_key=True)
    method: Mapped[str] = mapped_column(primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    status: Mapped[int]
    headers: Mapped[dict[str, Any]]
    body: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(index=True)


def once(view: Callable[..., Any]) -> Callable[..., Response]:
    """Make a POST view idempotent; it gets the request's one transaction as its first argument.

    Raises KeyMissing (400), KeyReused (422, other body) and KeyInUse (409, still running).
    """

    @wraps(view)
    def answered_once(*args: Any, **kwargs: Any) -> Response:
        identity = _identity()
        fingerprint = hashlib.sha256(request.get_data()).hexdigest()
        with this_service().database.transaction() as session:
            _hold(session, identity)
            known = session.get(IdempotencyRow, identity)
            if known is not None:
                return _replay(known, fingerprint)
            response = _run(view, session, *args, **kwargs)
            session.add(_row(identity, fingerprint, response))
            return response

    return answered_once


def prune(session: Session) -> int:
    """Forget answers older than 35 days; money effects stay unique by keys of their own."""
    cut = datetime.now(UTC) - KEPT
    result = session.execute(delete(IdempotencyRow).where(IdempotencyRow.created_at < cut))
    return result.rowcount if isinstance(result, CursorResult) else 0


def _identity() -> tuple[str, str, str, str]:
    key = request.headers.get("Idempotency-Key", "")
    if not key or len(key) > 255 or not key.isprintable():
        raise KeyMissing("Send an Idempotency-Key of 1 to 255 printable characters.")
    return str(current_reader().id), request.method, request.path, key


def _hold(session: Session, identity: tuple[str, ...]) -> None:
    """Let one transaction at a time work on a key; a concurrent one is told at once."""
    number = int.from_bytes(hashlib.sha256("\0".join(identity).encode()).digest()[:8], signed=True)
    if not session.scalar(select(func.pg_try_advisory_xact_lock(number))):
        raise KeyInUse()


def _replay(known: IdempotencyRow, fingerprint: str) -> Response:
    if known.fingerprint != fingerprint:
        raise KeyReused()
    response = make_response(known.body, known.status, dict(known.headers))
    response.headers["Idempotency-Replayed"] = "true"
    return response


def _run(view: Callable[..., Any], session: Session, *args: Any, **kwargs: Any) -> Response:
    answer = current_app.ensure_sync(view)(session, *args, **kwargs)
    return make_response(answer)


def _row(identity: tuple[str, str, str, str], fingerprint: str, response: Response) -> IdempotencyRow:
    reader, method, path, key = identity
    kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    return IdempotencyRow(
        reader=reader,
        method=method,
        path=path,
        key=key,
        fingerprint=fingerprint,
        status=response.status_code,
        headers=kept,
        body=response.get_data(),
        created_at=datetime.now(UTC),
    )
