"""A catalog of its own for each test, on real PostgreSQL."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from shared.migrations import upgrade
from sqlalchemy import create_engine, text

from services.catalog.api import access, browse, downloads, entitlements, library, take_downs, traces
from services.catalog.settings import CatalogSettings
from shared.application import create_application
from shared.auth import TokenSigner
from shared.clock import MovableClock
from shared.service import build_service
from tests.service.catalog.delivery.shop import Shop

SERVER = os.environ.get("TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432")
SIGNER = TokenSigner(TokenSigner.generate())


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


@pytest.fixture
def database_url(template: str) -> Iterator[str]:
    name = f"{template}_{uuid4().hex[:8]}"
    admin = create_engine(f"{SERVER}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    yield f"{SERVER}/{name}"
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def shop(database_url: str, tmp_path: Path) -> Iterator[Shop]:
    settings = CatalogSettings(
        environment="test",
        database_url=database_url,
        storage_url=f"file://{tmp_path}/files",
        token_public_keys=json.dumps(SIGNER.public_jwks()),
        signing_secret="insecure-test-secret-of-32-characters",
        download_limit=3,
    )
    clock = MovableClock()
    service = build_service("catalog", settings, clock)
    blueprints = [one.blueprint for one in (access, browse, downloads, entitlements, library, take_downs, traces)]
    yield Shop(service, create_application(service, "Catalog", blueprints), clock, SIGNER)
    service.database.close()
