"""RabbitMQ: pika publishes with asynchronous confirms in windows, kombu consumes."""

from collections.abc import Callable, Sequence
from itertools import takewhile
from time import monotonic
from typing import Any
from uuid import UUID

import pika
import structlog
from kombu import Connection
from pika.adapters.select_connection import SelectConnection
from pika.spec import Basic, BasicProperties

from shared.failpoints import failpoint
from shared.messaging.envelope import CONTENT_TYPE
from shared.messaging.transports.base import BrokerGone, Message, Outcome

HEARTBEAT = 30
log = structlog.get_logger()


class RabbitMQ:
    """A RabbitMQ broker at `url`; `patience` bounds, in seconds, every wait for its answer."""

    forgets = False

    def __init__(self, url: str, exchange: str, patience: float = 10.0) -> None:
        self.exchange = exchange
        self._url = url
        self._patience = patience

    def publisher(self) -> "RabbitPublisher":
        """Connect and declare the exchange; raises BrokerGone."""
        return RabbitPublisher(self._url, self.exchange, self._patience)

    def connection(self) -> Connection:
        return Connection(self._url, heartbeat=HEARTBEAT, connect_timeout=5)


class RabbitPublisher:
    """One channel in confirm mode. Its event loop runs only while something is awaited."""

    def __init__(self, url: str, exchange: str, patience: float) -> None:
        self._exchange = exchange
        self._patience = patience
        self._channel: Any = None
        self._open = False
        self._failure: BaseException | str | None = None
        self._sent = 0
        self._waiting: dict[int, UUID] = {}  # delivery tag -> event, in the order of sending
        self._homeless: set[UUID] = set()
        self._outcome = Outcome()
        self._awaited: Callable[[], bool] = lambda: False
        parameters = pika.URLParameters(url)
        parameters.virtual_host = Connection(url).virtual_host  # the two libraries read `//` differently
        parameters.heartbeat = HEARTBEAT
        parameters.blocked_connection_timeout = patience
        parameters.socket_timeout = parameters.stack_timeout = 5.0
        self._connection = SelectConnection(
            parameters,
            on_open_callback=self._connected,
            on_open_error_callback=self._failed,
            on_close_callback=self._failed,
        )
        self._connection.add_on_connection_blocked_callback(self._blocked)
        try:
            self._wait(lambda: self._open, "connection")
        except BrokerGone:
            self.close()
            raise

    def publish(self, messages: Sequence[Message]) -> Outcome:
        """Send all, persistent and mandatory, then wait until each is confirmed; raises BrokerGone."""
        self._check()
        self._outcome, self._homeless = Outcome(), set()
        for message in messages:
            properties = BasicProperties(
                content_type=CONTENT_TYPE, headers=message.headers, delivery_mode=2, message_id=str(message.id)
            )
            self._channel.basic_publish(self._exchange, message.type, message.body, properties, mandatory=True)
            self._sent += 1
            self._waiting[self._sent] = message.id
        self._wait(lambda: not self._waiting, "confirm")
        return self._outcome

    def keep_alive(self) -> None:
        """Read what came and send a heartbeat when it is time; raises BrokerGone."""
        self._check()
        self._run(lambda: False, seconds=0)
        self._check()

    def close(self) -> None:
        """Say goodbye if anybody listens, and let the socket go, within two seconds."""
        if not (self._connection.is_closing or self._connection.is_closed):
            self._connection.close()
            self._run(lambda: bool(self._connection.is_closed), seconds=1)
        if not self._connection.is_closed:
            # pika has no public way to leave a broker that does not answer; its heartbeat leaves like this.
            self._connection._terminate_stream(BrokerGone("left"))
            self._run(lambda: bool(self._connection.is_closed), seconds=1)
        self._connection.ioloop.close()

    def _check(self) -> None:
        if self._failure is not None:
            raise BrokerGone(str(self._failure) or type(self._failure).__name__)

    def _wait(self, awaited: Callable[[], bool], what: str) -> None:
        self._run(lambda: self._failure is not None or awaited(), self._patience)
        if not awaited():
            self._failure = self._failure or f"no {what} within {self._patience} s"
        self._check()

    def _run(self, awaited: Callable[[], bool], seconds: float) -> None:
        """Run the event loop until `awaited`, for `seconds` at most and once at least."""
        loop = self._connection.ioloop
        self._awaited = awaited
        end = monotonic() + seconds
        deadline = loop.call_later(seconds, loop.stop)
        loop.start()
        while not awaited() and monotonic() < end:
            loop.start()
        loop.remove_timeout(deadline)

    def _proceed(self) -> None:
        if self._awaited():
            self._connection.ioloop.stop()

    def _connected(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._channel_opened)

    def _channel_opened(self, channel: Any) -> None:
        self._channel = channel
        channel.add_on_close_callback(self._failed)
        channel.add_on_return_callback(self._returned)
        channel.exchange_declare(self._exchange, "topic", durable=True, callback=self._declared)

    def _declared(self, _frame: Any) -> None:
        self._channel.confirm_delivery(self._confirmed, callback=self._confirming)

    def _confirming(self, _frame: Any) -> None:
        self._open = True
        self._proceed()

    def _returned(self, _channel: Any, _method: Any, properties: BasicProperties, _body: bytes) -> None:
        # The broker returns an unroutable message first and confirms it afterwards, all the same.
        self._homeless.add(UUID(properties.message_id))

    def _confirmed(self, frame: Any) -> None:
        failpoint("relay.after-publish")
        last = frame.method.delivery_tag
        tags = list(takewhile(last.__ge__, self._waiting)) if frame.method.multiple else [last]
        for tag in tags:
            event = self._waiting.pop(tag)
            if isinstance(frame.method, Basic.Nack):
                self._outcome.refused.append(event)
            elif event in self._homeless:
                self._outcome.returned.append(event)
            else:
                self._outcome.routed.append(event)
        self._proceed()

    def _blocked(self, _connection: Any, frame: Any) -> None:
        log.warning("broker_blocked", reason=str(frame.method.reason))

    def _failed(self, _source: Any, reason: BaseException | str) -> None:
        self._failure = self._failure or reason
        self._proceed()
