"""What carries events between services: RabbitMQ, or the process itself when everything runs in one."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from kombu import Connection

REPLAYED = "replayed"


@dataclass(frozen=True)
class Message:
    """An event ready to send: its id, its type (the routing key) and its envelope.

    One that is `replayed` may have killed its consumer before, so it is received as a redelivered one is.
    """

    id: UUID
    type: str
    body: bytes
    replayed: bool = False

    @property
    def headers(self) -> dict[str, bool]:
        return {REPLAYED: True} if self.replayed else {}


@dataclass
class Outcome:
    """What became of each message of a batch: kept and routed, returned for want of a queue, or refused."""

    routed: list[UUID] = field(default_factory=list)
    returned: list[UUID] = field(default_factory=list)
    refused: list[UUID] = field(default_factory=list)


class BrokerGone(Exception):
    """The broker did not answer; nothing is known of the batch, so all of it is sent again."""


class Publisher(Protocol):
    """A connection that publishes; used by one thread."""

    def publish(self, messages: Sequence[Message]) -> Outcome:
        """Send them all and wait for what became of each; raises BrokerGone."""

    def keep_alive(self) -> None:
        """Answer heartbeats between batches; raises BrokerGone."""

    def close(self) -> None:
        """Leave; never raises."""


class Transport(Protocol):
    """A broker. One that `forgets` loses what it holds when the process ends."""

    exchange: str
    forgets: bool

    def publisher(self) -> Publisher:
        """Connect for publishing; raises BrokerGone."""

    def connection(self) -> Connection:
        """A connection for consuming and declaring, not opened yet."""
