"""A studio with a catalog of its own for each test, on real PostgreSQL and real files."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from services.catalog.app import BLUEPRINTS
from services.catalog.settings import CatalogSettings
from shared.application import create_application
from shared.auth import TokenSigner
from shared.clock import MovableClock
from shared.service import build_service
from tests.databases import Databases
from tests.service.catalog.publishing.studio import Studio


@pytest.fixture
def studio(databases: Databases, tmp_path: Path) -> Iterator[Studio]:
    signer, clock = TokenSigner(TokenSigner.generate()), MovableClock()
    url = databases.copy("catalog")
    settings = CatalogSettings(
        environment="test",
        database_url=url,
        storage_url=f"file://{tmp_path}/files",
        token_public_keys=json.dumps(signer.public_jwks()),
        signing_secret="insecure-test-secret-of-32-characters",
    )
    service = build_service("catalog", settings, clock)
    app = create_application(service, "Catalog", BLUEPRINTS)
    yield Studio(service, app.test_client(), signer, clock)
    service.database.close()
    databases.drop(url)
