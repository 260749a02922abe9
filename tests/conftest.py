"""Fixtures for every test: plain logs, and PostgreSQL."""

from collections.abc import Iterator

import pytest
import structlog

from tests.databases import Databases, server

# Until a service sets its logs up, structlog draws each error with every local variable, for seconds.
structlog.configure(processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()])


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Fresh databases from the migrations: `databases.copy("orders")` gives a URL."""
    with server(tmp_path_factory.mktemp("postgres")) as address:
        made = Databases(address)
        yield made
        made.drop_all()
