"""How fast events leave and arrive: confirm windows, the relay, and outbox to effect.

Needs a RabbitMQ and a PostgreSQL of one's own to make a database in: `python -m bench.messaging --help`.
Everything it makes is removed. Figures are ratios to a floor of the same run: a bare confirmed publish.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median, quantiles
from threading import Event as Flag
from time import perf_counter
from uuid import uuid4

import click
import pika
import psycopg
from alembic.migration import MigrationContext
from alembic.operations import Operations
from kombu import Connection
from marshmallow import fields
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session

from shared.clock import SystemClock
from shared.contracts.base import Contract, EventSchema
from shared.database import Database
from shared.ids import new_id
from shared.messaging.envelope import Event
from shared.messaging.outbox import emit
from shared.messaging.relay import LEASE, Relay
from shared.messaging.sessions import Leadership
from shared.messaging.topology import Subscription, set_up
from shared.messaging.transports import Message
from shared.messaging.transports.rabbitmq import RabbitMQ
from shared.messaging.worker import Worker
from shared.migrations import create_shared_tables_v1
from shared.settings import ServiceSettings

POSTGRES = os.environ.get("TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432")
RABBITMQ = os.environ.get("TEST_RABBITMQ_URL", "amqp://guest:guest@127.0.0.1:5672//")
WINDOWS = (1, 10, 50, 100, 200, 500, 1000)
TYPE = "bench.thing.measured.v1"


@dataclass(frozen=True)
class Measured:
    text: str


class MeasuredSchema(EventSchema):
    makes = Measured
    text = fields.String(required=True)


THING_MEASURED: Contract[Measured] = Contract("thing.measured.v1", MeasuredSchema())


@dataclass(frozen=True)
class Bench:
    """A service with a database, an exchange and a queue of its own."""

    name: str
    settings: ServiceSettings
    database: Database
    clock: SystemClock
    transport: RabbitMQ
    subscription: Subscription

    def messages(self, count: int) -> list[Message]:
        """Envelopes of about 500 bytes, as small events are."""
        made = []
        for _ in range(count):
            event = Event(new_id(), TYPE, "bench", str(new_id()), datetime.now(UTC), {"text": "x" * 250})
            made.append(Message(event.id, TYPE, event.to_json()))
        return made

    def purge(self) -> None:
        with self.transport.connection() as connection:
            self.subscription.queue()(connection.default_channel).purge()


@contextmanager
def a_bench() -> Iterator[Bench]:
    """Everything set up and probed, and removed at the end."""
    name = f"bench_{uuid4().hex[:8]}"
    server = make_url(POSTGRES)
    admin = server.set(drivername="postgresql", database="postgres").render_as_string(hide_password=False)
    url = server.set(database=name).render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    database = Database(url, name=name)
    with database.engine.begin() as tables:
        create_shared_tables_v1(Operations(MigrationContext.configure(tables)))
    settings = ServiceSettings(
        environment="test",
        database_url=url,
        broker_url=RABBITMQ,
        broker_exchange=name,
        storage_url="file:///nowhere",
        token_public_keys="{}",
        signing_secret="insecure-bench-secret-of-32-characters",
    )
    bench = Bench(
        "bench",
        settings,
        database,
        SystemClock(),
        RabbitMQ(RABBITMQ, name),
        Subscription(name, "bench", (TYPE,)),
    )
    try:
        set_up(bench.transport, bench.subscription)
        yield bench
    finally:
        database.close()
        with Connection(RABBITMQ) as broker:
            broker.default_channel.queue_delete(f"{name}.bench")
            broker.default_channel.exchange_delete(name)
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


def bare_confirmed_publish(bench: Bench, count: int) -> list[float]:
    """The floor: pika's own blocking channel in confirm mode, one message after the other; seconds each."""
    parameters = pika.URLParameters(RABBITMQ)
    parameters.virtual_host = Connection(RABBITMQ).virtual_host
    seconds = []
    with closing(pika.BlockingConnection(parameters)) as connection:
        channel = connection.channel()
        channel.confirm_delivery()
        for message in bench.messages(count):
            began = perf_counter()
            properties = pika.BasicProperties(delivery_mode=2)
            channel.basic_publish(bench.settings.broker_exchange, TYPE, message.body, properties, mandatory=True)
            seconds.append(perf_counter() - began)
    return seconds


def window_per_second(bench: Bench, count: int, window: int) -> float:
    """Messages confirmed a second by the relay's publisher in windows of this size."""
    messages = bench.messages(min(count, 200 * window))
    with closing(bench.transport.publisher()) as publisher:
        began = perf_counter()
        for start in range(0, len(messages), window):
            publisher.publish(messages[start : start + window])
        rate = len(messages) / (perf_counter() - began)
    bench.purge()
    return rate


def relay_per_second(bench: Bench, count: int, window: int) -> float:
    """Outbox rows read, published, confirmed and marked a second."""
    with bench.database.transaction() as session:
        for _ in range(count):
            _emit(session)
    relay = Relay("bench", bench.database.url, bench.transport, window=window)
    with closing(bench.transport.publisher()) as publisher, Leadership(bench.database.url, "bench", LEASE) as leading:
        began = perf_counter()
        while relay.publish_window(leading.connection, publisher):
            pass
        rate = count / (perf_counter() - began)
    bench.purge()
    return rate


def outbox_to_effect(bench: Bench, count: int) -> list[float]:
    """Seconds from the commit that wrote an event to the commit of its effect, one after the other."""
    arrived = Flag()
    worker = Worker(bench, {TYPE: lambda _session, _event: arrived.set()})
    worker.start()
    _wait(lambda: all(worker.readiness().values()))
    seconds = []
    for number in range(count + 20):
        arrived.clear()
        with bench.database.transaction() as session:
            _emit(session)
        began = perf_counter()
        assert arrived.wait(10)
        if number >= 20:
            seconds.append(perf_counter() - began)
    worker.stop()
    return seconds


def run(messages: int = 2000, rounds: int = 3) -> dict[str, float]:
    """Measure, print, and return the ratios. Of each figure the best round counts: noise only ever slows."""
    floors: list[float] = []
    rates: dict[int, list[float]] = {window: [] for window in WINDOWS}
    relays: dict[int, list[float]] = {window: [] for window in (50, 200, 1000)}
    with a_bench() as bench:
        for _ in range(rounds):
            floors.append(median(bare_confirmed_publish(bench, 200)))
            bench.purge()
            for window, found in rates.items():
                found.append(window_per_second(bench, messages // rounds, window))
            for window, found in relays.items():
                found.append(relay_per_second(bench, messages // rounds, window))
        seconds = [outbox_to_effect(bench, 100) for _ in range(rounds)]
    floor = min(floors)
    middle, slow = min(map(median, seconds)), min(quantiles(found, n=20)[-1] for found in seconds)
    print(f"floor: a bare confirmed publish            {floor * 1000:8.2f} ms  {1 / floor:8.0f} a second")
    for window, found in rates.items():
        print(f"window of {window:4} confirms                  {max(found):19.0f} a second  x{max(found) * floor:5.1f}")
    for window, found in relays.items():
        print(f"relay, outbox to broker, window of {window:4} {max(found):19.0f} a second  x{max(found) * floor:5.1f}")
    print(f"outbox to effect, median                   {middle * 1000:8.2f} ms  x{middle / floor:5.1f}")
    print(f"outbox to effect, 95 in 100 within         {slow * 1000:8.2f} ms  x{slow / floor:5.1f}")
    return {"relay": max(relays[200]) * floor, "outbox to effect": middle / floor}


def _emit(session: Session) -> None:
    body = Measured("x" * 250)
    emit(session, "bench", THING_MEASURED, body, subject=new_id(), now=datetime.now(UTC))


def _wait(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = perf_counter() + seconds
    while not condition():
        assert perf_counter() < deadline
        Flag().wait(0.05)


@click.command()
@click.option("--messages", default=2000, show_default=True, help="for each window, in three rounds")
def main(messages: int) -> None:
    """Measure on the RabbitMQ and PostgreSQL at hand (TEST_RABBITMQ_URL, TEST_POSTGRES_URL)."""
    run(messages)


if __name__ == "__main__":
    main()
