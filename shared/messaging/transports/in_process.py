"""The process itself as broker, for a machine without one: kombu's `memory://`.

It loses everything when the process ends, so each start replays the outbox and inboxes drop what they know.
"""

from collections.abc import Sequence

from kombu import Connection, Exchange, Producer
from kombu.transport import memory
from kombu.transport.virtual import Message as Delivered

from shared.failpoints import failpoint
from shared.messaging.envelope import CONTENT_TYPE
from shared.messaging.transports.base import Message, Outcome


class _Channel(memory.Channel):  # type: ignore[misc]  # kombu is untyped
    """kombu's, but a consumer that goes leaves what it had not acknowledged, marked as redelivered."""

    do_restore = True

    def _restore(self, message: Delivered) -> None:
        message.delivery_info["redelivered"] = True
        super()._restore(message)


class _Transport(memory.Transport):  # type: ignore[misc]
    Channel = _Channel


class InProcess:
    """The broker inside this process; queues and bindings are shared by everything that runs in it."""

    forgets = True

    def __init__(self, exchange: str) -> None:
        self.exchange = exchange

    def publisher(self) -> "InProcessPublisher":
        return InProcessPublisher(self.connection(), self.exchange)

    def connection(self) -> Connection:
        return Connection("memory://", transport=_Transport, transport_options={"polling_interval": 0.01})


class InProcessPublisher:
    """Publishes to the queues bound at this moment, and says when there is none, as `mandatory` does."""

    def __init__(self, connection: Connection, exchange: str) -> None:
        self._connection = connection
        self._channel = connection.channel()
        self._producer = Producer(self._channel, Exchange(exchange, "topic", durable=True))
        self._producer.exchange.declare()
        self._exchange = exchange

    def publish(self, messages: Sequence[Message]) -> Outcome:
        outcome = Outcome()
        for message in messages:
            if self._has_queue(message.type):
                self._producer.publish(
                    message.body,
                    routing_key=message.type,
                    content_type=CONTENT_TYPE,
                    content_encoding="binary",
                    headers=message.headers,
                    message_id=str(message.id),
                )
                outcome.routed.append(message.id)
            else:
                outcome.returned.append(message.id)
        failpoint("relay.after-publish")
        return outcome

    def keep_alive(self) -> None:
        """Nothing to do: the process cannot lose itself."""

    def close(self) -> None:
        self._connection.release()

    def _has_queue(self, routing_key: str) -> bool:
        bindings = self._channel.get_table(self._exchange)
        return bool(self._channel.typeof(self._exchange).lookup(bindings, self._exchange, routing_key, None))
