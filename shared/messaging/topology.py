"""The exchange, the queues and what is bound to them; the same words match the same types on every broker."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic, sleep

from kombu import Connection, Exchange, Queue, binding

from shared.ids import new_id
from shared.messaging.envelope import Event
from shared.messaging.transports import BrokerGone, Message, Transport

# The delivery limit is far away on purpose: from RabbitMQ 4 on, 20 deliveries drop a message, and those that
# stand behind a poison one count along. Tries are counted in the inbox instead.
QUEUE_ARGUMENTS = {"x-queue-type": "quorum", "x-delivery-limit": 1_000_000}
WORD = re.compile(r"\*|[a-z0-9_-]+")


class NotProbed(Exception):
    """A queue did not give back, or not take, a message."""


@dataclass(frozen=True)
class Subscription:
    """A consuming service's one queue: `patterns` are event types in which `*` stands for one word."""

    exchange: str
    service: str
    patterns: tuple[str, ...]

    def __post_init__(self) -> None:
        for pattern in self.patterns:
            # `#` is left out: it stands for zero words too on RabbitMQ, and for one or more in process.
            if not all(WORD.fullmatch(word) for word in pattern.split(".")):
                raise ValueError(f"{pattern!r} is not words and `*` between dots")

    @property
    def probe_type(self) -> str:
        """The type of this queue's own probe, which no reaction is bound to."""
        return f"{self.service}.queue.probed.v1"

    def queue(self) -> Queue:
        exchange = Exchange(self.exchange, "topic", durable=True)
        return Queue(
            f"{self.exchange}.{self.service}",
            bindings=[binding(exchange, routing_key=key) for key in (*self.patterns, self.probe_type)],
            durable=True,
            queue_arguments=QUEUE_ARGUMENTS,
        )


def matches(pattern: str, event_type: str) -> bool:
    """True when the type has the pattern's words; `*` is any one word."""
    wanted, words = pattern.split("."), event_type.split(".")
    return len(wanted) == len(words) and all(a in ("*", b) for a, b in zip(wanted, words, strict=True))


def declare(connection: Connection, subscription: Subscription) -> Queue:
    """Make the exchange, the queue and its bindings if they are missing; the same again changes nothing."""
    queue: Queue = subscription.queue()(connection.default_channel)
    queue.declare()
    return queue


def set_up(transport: Transport, subscription: Subscription, seconds: float = 30.0) -> None:
    """Declare, then send a probe the way events go and read the queue; done before anything takes traffic.

    On one-node RabbitMQ a quorum queue killed within a second of its declaring was lost with all that it
    had confirmed, so a queue is used only after it has shown that it works. Raises NotProbed or BrokerGone.
    """
    probe = Event(new_id(), subscription.probe_type, subscription.service, "probe", datetime.now(UTC), {"probe": True})
    with transport.connection() as connection:
        queue = declare(connection, subscription)
        publisher = transport.publisher()
        try:
            outcome = publisher.publish([Message(probe.id, probe.type, probe.to_json())])
        except BrokerGone as error:
            raise NotProbed(f"{queue.name} did not confirm: {error}") from error
        finally:
            publisher.close()
        if outcome.routed != [probe.id]:
            raise NotProbed(f"{queue.name} did not take the probe")
        _read(queue, monotonic() + seconds)


def _read(queue: Queue, deadline: float) -> None:
    """See that the queue hands out a message; what is not a probe goes back, a running consumer may be first."""
    while monotonic() < deadline:
        if (message := queue.get()) is not None:
            is_probe = b".queue.probed.v1" in bytes(message.body)
            message.ack() if is_probe else message.requeue()
            return
        if queue.queue_declare(passive=True).consumer_count:
            return
        sleep(0.1)
    raise NotProbed(f"{queue.name} holds the probe but does not hand it out")
