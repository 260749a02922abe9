"""A small service to carry messages for: things that change, and what a consumer has heard of them."""

import json
import os
import signal
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from alembic.migration import MigrationContext
from alembic.operations import Operations
from marshmallow import fields
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from shared.clock import Clock, SystemClock
from shared.contracts.base import Contract, EventSchema
from shared.database import Database
from shared.ids import new_id
from shared.messaging.envelope import Event
from shared.messaging.inbox import Reaction
from shared.messaging.outbox import emit
from shared.messaging.worker import Worker
from shared.migrations import create_shared_tables_v1
from shared.settings import ServiceSettings

FAILS, KILLS = "fails", "kills"
CHANGED = "*.thing.changed.v1"


@dataclass(frozen=True)
class Thing:
    """`mood` says what the reaction to it does: nothing special, fails, or kills its process."""

    thing_id: UUID = field(default_factory=new_id)
    version: int = 1
    mood: str = "well"


class ThingSchema(EventSchema):
    makes = Thing
    thing_id = fields.UUID(required=True)
    version = fields.Integer(required=True)
    mood = fields.String(required=True)


THING_CHANGED = Contract("thing.changed.v1", ThingSchema())
THING_GONE = Contract("thing.gone.v1", ThingSchema())
PLAN_CHANGED = Contract("plan.changed.v1", ThingSchema())


class Failed(Exception):
    """The sample reaction's own error."""


def build(url: str) -> None:
    """The shared tables and two of the sample's own: what is known of things, and every effect ever made."""
    engine = create_engine(url)
    with engine.begin() as connection:
        create_shared_tables_v1(Operations(MigrationContext.configure(connection)))
        connection.execute(text("CREATE TABLE things (thing_id uuid PRIMARY KEY, version integer NOT NULL)"))
        connection.execute(text("CREATE TABLE effects (event_id uuid NOT NULL, subject text, consumer text)"))
    engine.dispose()


def hear_of_thing(consumer: str) -> Reaction:
    """A reaction with no key of its own against a second effect: the inbox alone must prevent one."""

    def react(session: Session, event: Event) -> None:
        thing = THING_CHANGED.load(event.data)
        if thing.mood == KILLS:
            os.kill(os.getpid(), signal.SIGKILL)
        session.execute(
            text("INSERT INTO effects VALUES (:id, :subject, :consumer)"),
            {"id": event.id, "subject": event.subject, "consumer": consumer},
        )
        session.execute(
            text(
                "INSERT INTO things VALUES (:id, :version) ON CONFLICT (thing_id)"
                " DO UPDATE SET version = excluded.version WHERE things.version < excluded.version"
            ),
            {"id": thing.thing_id, "version": thing.version},
        )
        if thing.mood == FAILS:
            raise Failed("a sample failure")

    return react


@dataclass(frozen=True)
class SampleService:
    name: str
    settings: ServiceSettings
    database: Database
    clock: Clock = field(default_factory=SystemClock)


def service(name: str, database: Database, broker: Mapping[str, str], **more: Any) -> SampleService:
    settings = ServiceSettings(
        environment="test",
        database_url=database.url,
        broker_url=broker["url"],
        broker_exchange=broker["exchange"],
        storage_url="file:///nowhere",
        token_public_keys="{}",
        signing_secret="insecure-test-secret-of-32-characters",
        **more,
    )
    return SampleService(name, settings, database)


def publisher(name: str, database: Database, broker: Mapping[str, str], **more: Any) -> Worker:
    """A worker that publishes and hears of nothing."""
    return Worker(service(name, database, broker), {}, **more)


def consumer(name: str, database: Database, broker: Mapping[str, str], *patterns: str, **more: Any) -> Worker:
    """A worker that hears of things, by default of every change of one."""
    reactions = dict.fromkeys(patterns or (CHANGED,), hear_of_thing(name))
    return Worker(service(name, database, broker), reactions, **more)


def change(
    database: Database, *things: Thing, source: str = "alpha", contract: Contract[Thing] = THING_CHANGED
) -> list[Event]:
    """Emit an event for each thing, one transaction each."""
    events = []
    for thing in things:
        with database.transaction() as session:
            now = datetime.now(UTC)
            events.append(emit(session, source, contract, thing, subject=thing.thing_id, now=now))
    return events


def effects(database: Database, consumer_name: str | None = None) -> list[UUID]:
    """The event of every effect made, twice if made twice."""
    query = "SELECT event_id FROM effects WHERE cast(:consumer AS text) IS NULL OR consumer = :consumer"
    with database.transaction() as session:
        return list(session.scalars(text(query), {"consumer": consumer_name}))


def version_of(database: Database, thing_id: UUID) -> int | None:
    with database.transaction() as session:
        found: int | None = session.scalar(text("SELECT version FROM things WHERE thing_id = :id"), {"id": thing_id})
        return found


def unpublished(database: Database) -> int:
    with database.transaction() as session:
        return int(session.scalar(text("SELECT count(*) FROM outbox WHERE published_at IS NULL")) or 0)


def inbox(database: Database) -> dict[UUID, str]:
    with database.transaction() as session:
        rows = session.execute(text("SELECT event_id, status FROM inbox"))
        return {row.event_id: row.status for row in rows}


def once_each(database: Database, events: Iterable[Event]) -> Callable[[], bool]:
    """True when each event has had its effect, and no other; fails at once for a second effect."""
    wanted = sorted(event.id for event in events)

    def check() -> bool:
        found = sorted(effects(database))
        assert len(found) == len(set(found)), "an effect was made twice"
        return found == wanted

    return check


def sample_environment(broker: Mapping[str, str], databases: Mapping[str, Database]) -> dict[str, str]:
    """What `sample_process` is told."""
    urls = {name: database.url for name, database in databases.items()}
    return {"SAMPLE": json.dumps({"broker": dict(broker), "databases": urls}), "ENVIRONMENT": "test"}
