"""The inbox: each event has its effect once, and one that fails never holds up the next.

A reaction and the inbox row that says it was done commit together. An event that fails is rolled back, kept
here with its error, and tried again from its row; after five tries it is parked for an operator. A message
that comes a second time may have killed the process the first time: it is put down here before it is touched,
so that a killer is parked as well.
"""

import hashlib
from collections.abc import Callable, Mapping
from datetime import timedelta
from time import time
from uuid import UUID

import structlog
from opentelemetry import trace
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from shared.database import Database
from shared.failpoints import failpoint
from shared.ids import new_id
from shared.messaging.backoff import EVENTS, Backoff
from shared.messaging.envelope import Event, Unreadable
from shared.messaging.metrics import CONSUMED, LAG
from shared.messaging.received import InboxRow, UnreadableRow, clean, describe
from shared.messaging.topology import matches
from shared.messaging.tracing import continuing

Reaction = Callable[[Session, Event], None]
log = structlog.get_logger()


class Busy(Exception):
    """Another process is at this very event; it is to be handed over once more, later."""


class Inbox:
    """What one consumer does with events: `reactions` are bound to types, in which `*` is any one word."""

    def __init__(
        self, consumer: str, database: Database, reactions: Mapping[str, Reaction], backoff: Backoff = EVENTS
    ) -> None:
        self._consumer = consumer
        self._database = database
        self._reactions = reactions
        self._backoff = backoff

    def receive(self, body: bytes, *, redelivered: bool) -> None:
        """React to a message, or keep it: when this returns, the message may be acknowledged.

        Raises Busy while another process is at the same event, and SQLAlchemy's errors when the database is
        away; then nothing is kept and the message must come again.
        """
        try:
            event = Event.from_json(body)
        except Unreadable as error:
            self._keep_unreadable(body, str(error))
            return
        if redelivered:
            CONSUMED.labels(self._consumer, "again").inc()
            self._keep(event, body, "it came again, and may have ended the process before", due=True)
            return
        with continuing(event.traceparent, f"react {event.type}", _attributes(event)):
            try:
                self._react_first(event)
            except Busy:
                raise
            except Exception as error:
                self._failed(event, error)
                self._keep(event, body, describe(error), due=False)

    def retry_one(self) -> bool:
        """Try the event that has waited longest and is due; False when none is."""
        if (row := self._claim()) is None:
            return False
        if row.status == "parked" or row.body is None:
            self._parked(row.type, row.event_id)
            return True
        event = Event.from_json(row.body)
        with continuing(event.traceparent, f"retry {event.type}", _attributes(event)):
            try:
                self._react_again(event)
            except Exception as error:
                self._failed(event, error)
                self._record_failure(event, error)
        return True

    def _react_first(self, event: Event) -> None:
        with self._database.transaction() as session:
            if not self._enter(session, event, status=self._outcome(event), done_at=func.now(), body=None):
                CONSUMED.labels(self._consumer, "duplicate").inc()
                return
            self._react(session, event)
            failpoint("inbox.before-commit")
        self._count_done(event)
        failpoint("inbox.after-commit")

    def _react_again(self, event: Event) -> None:
        with self._database.transaction() as session:
            row = session.get(InboxRow, (self._consumer, event.id), with_for_update=True)
            if row is None or row.status != "retrying":
                return
            self._react(session, event)
            row.finish(self._outcome(event))
            failpoint("inbox.before-commit")
        self._count_done(event)
        failpoint("inbox.after-commit")

    def _react(self, session: Session, event: Event) -> None:
        for pattern, reaction in self._reactions.items():
            if matches(pattern, event.type):
                reaction(session, event)

    def _outcome(self, event: Event) -> str:
        return "done" if any(matches(pattern, event.type) for pattern in self._reactions) else "ignored"

    def _enter(self, session: Session, event: Event, **values: object) -> bool:
        """Write the event's row; False when it is known already. Raises Busy while someone else writes it."""
        identity = {"consumer": self._consumer, "event_id": event.id}
        row = insert(InboxRow).values(**identity, type=event.type, subject=event.subject, **values)
        try:
            known = session.scalar(row.on_conflict_do_nothing().returning(InboxRow.event_id)) is None
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", None) == "55P03":  # lock_not_available: its transaction is open
                raise Busy(str(event.id)) from error
            raise
        return not known

    def _keep(self, event: Event, body: bytes, error: str, *, due: bool) -> None:
        wait = timedelta() if due else self._backoff.wait(1)
        with self._database.transaction() as session:
            self._enter(session, event, status="retrying", body=body, error=error, next_try_at=func.now() + wait)

    def _keep_unreadable(self, body: bytes, error: str) -> None:
        digest = hashlib.sha256(body).hexdigest()
        row = insert(UnreadableRow).values(
            id=new_id(), consumer=self._consumer, sha256=digest, body=body, error=clean(error)
        )
        with self._database.transaction() as session:
            session.execute(row.on_conflict_do_nothing())
        CONSUMED.labels(self._consumer, "unreadable").inc()
        log.error("message_unreadable", consumer=self._consumer, sha256=digest, error=error)

    def _claim(self) -> InboxRow | None:
        due = (
            select(InboxRow)
            .where(InboxRow.consumer == self._consumer, InboxRow.status == "retrying")
            .where(InboxRow.next_try_at <= func.now())
            .order_by(InboxRow.next_try_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        with self._database.transaction() as session:
            row = session.scalar(due)
            if row is not None:
                row.begin_try(self._backoff)
            return row

    def _record_failure(self, event: Event, error: Exception) -> None:
        with self._database.transaction() as session:
            row = session.get(InboxRow, (self._consumer, event.id), with_for_update=True)
            if row is None or row.status != "retrying":
                return
            row.fail(error, self._backoff)
            parked = row.status == "parked"
        if parked:
            self._parked(event.type, event.id)

    def _count_done(self, event: Event) -> None:
        CONSUMED.labels(self._consumer, self._outcome(event)).inc()
        LAG.labels(self._consumer).observe(max(0.0, time() - _made_at(event.id)))

    def _failed(self, event: Event, error: Exception) -> None:
        CONSUMED.labels(self._consumer, "failed").inc()
        trace.get_current_span().record_exception(error)
        log.warning("reaction_failed", consumer=self._consumer, type=event.type, id=str(event.id), exc_info=error)

    def _parked(self, kind: str, event_id: UUID) -> None:
        CONSUMED.labels(self._consumer, "parked").inc()
        log.error("event_parked", consumer=self._consumer, type=kind, id=str(event_id))


def _attributes(event: Event) -> dict[str, str]:
    return {"messaging.destination.name": event.type, "messaging.message.id": str(event.id)}


def _made_at(event_id: UUID) -> float:
    """The moment in a UUIDv7's first 48 bits, in seconds since 1970 (RFC 9562)."""
    return (event_id.int >> 80) / 1000
