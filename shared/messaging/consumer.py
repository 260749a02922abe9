"""The consumer hands each message of the service's queue to the inbox and acknowledges what the inbox keeps."""

from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Any, Protocol

import structlog
from kombu import Consumer as KombuConsumer

from shared.messaging.inbox import Busy
from shared.messaging.loops import Loop
from shared.messaging.topology import Subscription, declare
from shared.messaging.transports.base import REPLAYED, Transport

PREFETCH = 50
BUSY_WAIT = 5.0
log = structlog.get_logger()


class Receive(Protocol):
    def __call__(self, body: bytes, *, redelivered: bool) -> None:
        """React or keep; returns when the message may be acknowledged."""


class Consumer:
    """Consumes one subscription. Ready means consuming: queue declared, consumer accepted by the broker."""

    def __init__(
        self,
        transport: Transport,
        subscription: Subscription,
        receive: Receive,
        is_database_up: Callable[[], bool],
    ) -> None:
        self._transport = transport
        self._subscription = subscription
        self._receive = receive
        self._is_database_up = is_database_up
        self._held: list[tuple[float, Any]] = []  # messages another process is at, and when to try again

    def run(self, loop: Loop) -> None:
        """Consume until stopped; raises when broker or database are lost, and unacknowledged messages return."""
        if not self._is_database_up():  # each delivery that cannot be kept would count as a redelivery
            raise ConnectionError("the database is away")
        self._held = []
        with self._transport.connection() as connection:
            queue = declare(connection, self._subscription)
            consumer = KombuConsumer(
                connection.default_channel,
                [queue],
                on_message=self._take,
                prefetch_count=PREFETCH,
                auto_declare=False,
            )
            with consumer:
                log.info("consuming", queue=queue.name)
                while loop.going():
                    loop.report_ready()
                    self._drain(connection)
                    self._take_held()

    def _drain(self, connection: Any) -> None:
        with suppress(TimeoutError):
            connection.drain_events(timeout=1)
        connection.heartbeat_check()

    def _take(self, message: Any) -> None:
        again = bool(message.delivery_info.get("redelivered") or message.headers.get(REPLAYED))
        try:
            self._receive(_bytes(message.body), redelivered=again)
        except Busy:
            self._held.append((monotonic() + BUSY_WAIT, message))
        else:
            message.ack()

    def _take_held(self) -> None:
        due = [message for at, message in self._held if at <= monotonic()]
        self._held = [(at, message) for at, message in self._held if at > monotonic()]
        for message in due:
            self._take(message)


def _bytes(body: Any) -> bytes:
    """kombu decodes a body whose sender named an encoding; the inbox wants what was sent."""
    return body.encode("utf-8", "surrogateescape") if isinstance(body, str) else bytes(body)
