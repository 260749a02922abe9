"""What a service is made of: its settings, database, clock, store and token check."""

from dataclasses import dataclass
from typing import cast

from flask import current_app

from shared.auth import TokenVerifier
from shared.clock import Clock, SystemClock
from shared.database import Database
from shared.settings import ServiceSettings
from shared.storage import Store


@dataclass(frozen=True)
class Service:
    name: str
    settings: ServiceSettings
    database: Database
    clock: Clock
    store: Store
    tokens: TokenVerifier


def build_service(name: str, settings: ServiceSettings, clock: Clock | None = None) -> Service:
    """Open everything `settings` names; nothing is connected until it is used."""
    return Service(
        name=name,
        settings=settings,
        database=Database(settings.database_url, name=name, pool_size=settings.database_pool_size),
        clock=clock or SystemClock(),
        store=Store.open(settings),
        tokens=TokenVerifier(settings.token_keys_json(), audience=name),
    )


def this_service() -> Service:
    """The service that answers the present request."""
    return cast(Service, current_app.extensions["huafang"])
