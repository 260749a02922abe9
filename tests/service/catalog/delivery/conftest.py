"""A catalog of its own for each test, on real PostgreSQL."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from services.catalog.app import BLUEPRINTS
from services.catalog.settings import CatalogSettings
from shared.application import create_application
from shared.auth import TokenSigner
from shared.clock import MovableClock
from shared.service import build_service
from tests.databases import Databases
from tests.service.catalog.delivery.shop import Shop

SIGNER = TokenSigner(TokenSigner.generate())


@contextmanager
def opened_shop(databases: Databases, folder: Path) -> Iterator[Shop]:
    """A shop on a database of its own, which is dropped afterwards."""
    url = databases.copy("catalog")
    settings = CatalogSettings(
        environment="test",
        database_url=url,
        storage_url=f"file://{folder}/files",
        token_public_keys=json.dumps(SIGNER.public_jwks()),
        signing_secret="insecure-test-secret-of-32-characters",
        download_limit=3,
    )
    clock = MovableClock()
    service = build_service("catalog", settings, clock)
    yield Shop(service, create_application(service, "Catalog", BLUEPRINTS), clock, SIGNER)
    service.database.close()
    databases.drop(url)


@pytest.fixture
def shop(databases: Databases, tmp_path: Path) -> Iterator[Shop]:
    with opened_shop(databases, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def lasting_shop(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """One shop for all tests of a module that only look."""
    with opened_shop(databases, tmp_path_factory.mktemp("shop")) as made:
        yield made
