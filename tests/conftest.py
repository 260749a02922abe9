"""Fixtures for every test that needs PostgreSQL."""

from collections.abc import Iterator

import pytest

from tests.databases import Databases, server


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Fresh databases from the migrations: `databases.copy("orders")` gives a URL."""
    with server(tmp_path_factory.mktemp("postgres")) as address:
        made = Databases(address)
        yield made
        made.drop_all()
