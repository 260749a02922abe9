"""The transports: RabbitMQ, and the process itself where everything runs in one."""

from shared.messaging.transports.base import BrokerGone, Message, Outcome, Publisher, Transport
from shared.messaging.transports.in_process import InProcess
from shared.messaging.transports.rabbitmq import RabbitMQ


def open_transport(broker_url: str, exchange: str) -> Transport:
    """The transport that an address names: `amqp://...` or `memory://`; nothing is connected yet."""
    return InProcess(exchange) if broker_url.startswith("memory:") else RabbitMQ(broker_url, exchange)


__all__ = ["BrokerGone", "Message", "Outcome", "Publisher", "Transport", "open_transport"]
