"""Orders on real PostgreSQL and the sandbox gateway over HTTP, a database of its own for each test."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from sqlalchemy import create_engine, text

from shared.migrations import upgrade
from tests.service.orders.till import Till, opened_till

SERVER = os.environ.get("TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/service/orders" in str(item.path):
            item.add_marker(pytest.mark.postgres)


@pytest.fixture(scope="session")
def orders_template() -> Iterator[str]:
    """A migrated database that each test's own is copied from."""
    name = f"orders_{uuid4().hex[:8]}"
    admin = create_engine(f"{SERVER}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'"))
    upgrade("orders", f"{SERVER}/{name}")
    yield name
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@contextmanager
def copied(template: str) -> Iterator[str]:
    """A copy of the migrated database, dropped afterwards."""
    name = f"{template}_{uuid4().hex[:8]}"
    admin = create_engine(f"{SERVER}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
    try:
        yield f"{SERVER}/{name}"
    finally:
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


@pytest.fixture
def database_url(orders_template: str) -> Iterator[str]:
    with copied(orders_template) as url:
        yield url


@pytest.fixture(scope="session")
def lasting_till(orders_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Till]:
    with copied(orders_template) as url, opened_till(url, tmp_path_factory.mktemp("till")) as made:
        yield made


@pytest.fixture
def till(lasting_till: Till) -> Iterator[Till]:
    """A till where nothing has happened yet; its books are checked at the end of every test."""
    lasting_till.forget_everything()
    yield lasting_till
    lasting_till.check_books()
