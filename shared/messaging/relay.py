"""The relay publishes what the outbox holds: one is active a service, the others stand by.

No transaction is open while the broker thinks, and rows carry no claim of their own: the advisory lock already
makes one relay active, and two that overlap for a moment only send an event twice, which inboxes drop.
"""

from contextlib import closing
from datetime import timedelta
from uuid import UUID

import structlog
from sqlalchemy import Connection, Interval, Text, Update, cast, func, select, update

from shared.failpoints import failpoint
from shared.messaging.loops import Loop
from shared.messaging.metrics import LEADING, PUBLISHED, REFUSED, UNROUTABLE
from shared.messaging.outbox import OutboxRow
from shared.messaging.sessions import Leadership
from shared.messaging.topology import matches
from shared.messaging.transports import Message, Outcome, Publisher, Transport

WINDOW = 200  # measured: docs/decisions/0002-publisher-confirm-windows.md
LEASE = timedelta(seconds=15)  # longer than the transport's patience with the broker
LONGEST_WAIT = 60  # seconds between two tries of an event that no queue takes
log = structlog.get_logger()


class Relay:
    """Publishes the outbox of the database at `url`. An event of a type in `unheard` (patterns) needs no queue."""

    def __init__(
        self,
        service: str,
        url: str,
        transport: Transport,
        *,
        unheard: tuple[str, ...] = (),
        window: int = WINDOW,
        lease: timedelta = LEASE,
    ) -> None:
        self._service = service
        self._url = url
        self._transport = transport
        self._unheard = unheard
        self._window = window
        self._lease = lease
        self._pause = min(1.0, lease.total_seconds() / 3)

    def run(self, loop: Loop) -> None:
        """Stand by until we are the one, then publish until stopped; raises when anything is lost."""
        LEADING.labels(self._service).set(0)
        with Leadership(self._url, self._service, self._lease) as leadership:
            while loop.going() and not leadership.take():
                loop.report_ready()
                loop.rest(self._pause)
            if loop.going():
                with closing(self._transport.publisher()) as publisher:
                    self._lead(loop, leadership.connection, publisher)

    def _lead(self, loop: Loop, connection: Connection, publisher: Publisher) -> None:
        LEADING.labels(self._service).set(1)
        try:
            while loop.going():
                tried = self.publish_window(connection, publisher)
                loop.report_ready()
                if tried < self._window:
                    publisher.keep_alive()
                    loop.rest(self._pause)
        finally:
            LEADING.labels(self._service).set(0)

    def publish_window(self, connection: Connection, publisher: Publisher) -> int:
        """Publish the oldest due events, one window of them, and mark what was confirmed and routed.

        Each statement on `connection` commits by itself. Returns how many events were tried. Raises BrokerGone;
        then nothing is marked and all of it is sent again.
        """
        if not (batch := self._due(connection)):
            return 0
        outcome = publisher.publish(batch)
        failpoint("relay.after-confirm")
        self._record(connection, outcome, {message.id: message.type for message in batch})
        return len(batch)

    def _due(self, connection: Connection) -> list[Message]:
        # Never "id greater than the last": a transaction that commits late would be skipped for ever.
        due = (
            select(
                OutboxRow.id,
                OutboxRow.type,
                cast(OutboxRow.envelope, Text),
                OutboxRow.queued_at > OutboxRow.created_at,
            )
            .where(OutboxRow.published_at.is_(None), OutboxRow.next_try_at <= func.now())
            .order_by(OutboxRow.id)
            .limit(self._window)
        )
        return [Message(id_, kind, text.encode(), again) for id_, kind, text, again in connection.execute(due)]

    def _record(self, connection: Connection, outcome: Outcome, types: dict[UUID, str]) -> None:
        homeless = [event for event in outcome.returned if not self._needs_no_queue(types[event])]
        published = [event for event in types if event not in {*homeless, *outcome.refused}]
        if published:
            mine = update(OutboxRow).where(OutboxRow.id.in_(published), OutboxRow.published_at.is_(None))
            connection.execute(mine.values(published_at=func.now(), error=None))
        for ids, error in ((homeless, "no queue is bound"), (outcome.refused, "the broker refused it")):
            if ids:
                connection.execute(_try_later(ids, error))
        PUBLISHED.labels(self._service).inc(len(published))
        REFUSED.labels(self._service).inc(len(outcome.refused))
        for event in homeless:
            UNROUTABLE.labels(self._service, types[event]).inc()
            log.warning("event_unroutable", service=self._service, id=str(event), type=types[event])

    def _needs_no_queue(self, event_type: str) -> bool:
        return any(matches(pattern, event_type) for pattern in self._unheard)


def _try_later(ids: list[UUID], error: str) -> Update:
    """Leave the rows unpublished, to be tried again after 1, 2, 4 ... 60 seconds."""
    seconds = func.least(func.power(2, func.least(OutboxRow.attempts, 10)), LONGEST_WAIT)
    wait = func.make_interval(0, 0, 0, 0, 0, 0, seconds, type_=Interval)
    return (
        update(OutboxRow)
        .where(OutboxRow.id.in_(ids), OutboxRow.published_at.is_(None))
        .values(attempts=OutboxRow.attempts + 1, next_try_at=func.now() + wait, error=error)
    )
