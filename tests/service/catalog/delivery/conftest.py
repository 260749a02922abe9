"""A catalog of its own for each test, on real PostgreSQL."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from services.catalog.api import access, browse, downloads, entitlements, library, take_downs, traces
from services.catalog.settings import CatalogSettings
from shared.application import create_application
from shared.auth import TokenSigner
from shared.clock import MovableClock
from shared.migrations import upgrade
from shared.service import build_service
from tests.service.catalog.delivery.shop import Shop

SERVER = os.environ.get("TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432")
SIGNER = TokenSigner(TokenSigner.generate())
PARTS = (access, browse, downloads, entitlements, library, take_downs, traces)
BLUEPRINTS = [part.blueprint for part in PARTS]


@pytest.fixture(scope="session")
def template() -> Iterator[str]:
    """A migrated database that each test's own is copied from."""
    name = f"catalog_delivery_{uuid4().hex[:8]}"
    admin = create_engine(f"{SERVER}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(
            text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
        )
    upgrade("catalog", f"{SERVER}/{name}")
    yield name
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@contextmanager
def opened_shop(template: str, folder: Path) -> Iterator[Shop]:
    """A shop on a copy of the migrated database, which is dropped afterwards."""
    name = f"{template}_{uuid4().hex[:8]}"
    admin = create_engine(f"{SERVER}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    settings = CatalogSettings(
        environment="test",
        database_url=f"{SERVER}/{name}",
        storage_url=f"file://{folder}/files",
        token_public_keys=json.dumps(SIGNER.public_jwks()),
        signing_secret="insecure-test-secret-of-32-characters",
        download_limit=3,
    )
    clock = MovableClock()
    service = build_service("catalog", settings, clock)
    yield Shop(service, create_application(service, "Catalog", BLUEPRINTS), clock, SIGNER)
    service.database.close()
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def shop(template: str, tmp_path: Path) -> Iterator[Shop]:
    with opened_shop(template, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def lasting_shop(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One shop for all tests of a module that only look."""
    with opened_shop(template, tmp_path_factory.mktemp("shop")) as made:
        yield made
