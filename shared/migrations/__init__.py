"""The schema of every service comes from its migrations: `services/<name>/migrations/versions/`.

Alembic's environment is one for all services and stands here; a service keeps only its versions.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.pool import NullPool

from shared.migrations.shared_tables import create_shared_tables_v1

SERVICES = Path(__file__).resolve().parents[2] / "services"


class UnknownService(ValueError):
    """No such service has migrations."""


def migrated_services() -> list[str]:
    """The services that have migrations, by name."""
    return sorted(path.parents[1].name for path in SERVICES.glob("*/migrations/versions"))


def upgrade(service: str, url: str) -> None:
    """Bring a service's database to its newest version, or leave it as it was.

    All steps are one transaction, and several that start at once wait for each other. Raises UnknownService.
    """
    with _locked(url) as connection:
        command.upgrade(_configuration(service, connection), "head")


@contextmanager
def _locked(url: str) -> Iterator[Connection]:
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('huafang.migrations'), 0)"))
        yield connection


def _configuration(service: str, connection: Connection) -> Config:
    versions = SERVICES / service / "migrations" / "versions"
    if not versions.is_dir():
        raise UnknownService(f"{service!r} is none of {', '.join(migrated_services())}")
    config = Config()
    config.set_main_option("script_location", _plain(Path(__file__).parent / "environment"))
    config.set_main_option("version_locations", _plain(versions))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _plain(path: Path) -> str:
    return os.fspath(path).replace("%", "%%")


__all__ = ["UnknownService", "create_shared_tables_v1", "migrated_services", "upgrade"]
