"""Migrations: the tables are what the code maps, several that start at once are safe, all or nothing."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import CliRunner
from sqlalchemy import create_engine, inspect, text

import shared.idempotency
import shared.messaging.parked  # maps the tables
import shared.migrations
from shared.database import Database, SharedBase
from shared.migrations import UnknownService, upgrade
from shared.migrations.__main__ import main
from tests.databases import Databases

FIRST = """
from alembic import op
from shared.migrations import create_shared_tables_v1
revision, down_revision, branch_labels, depends_on = "0001", None, None, None
def upgrade():
    create_shared_tables_v1(op)
"""
SECOND = """
from alembic import op
revision, down_revision, branch_labels, depends_on = "0002", "0001", None, None
def upgrade():
    op.execute("CREATE TABLE things (id integer)")
    op.execute("SELECT nothing")
"""


@pytest.fixture
def versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A service of the test's own, with its first migration."""
    monkeypatch.setattr(shared.migrations, "SERVICES", tmp_path)
    folder = tmp_path / "sample" / "migrations" / "versions"
    folder.mkdir(parents=True)
    (folder / "0001_first.py").write_text(FIRST, encoding="utf-8")
    return folder


@pytest.fixture
def empty(databases: Databases) -> str:
    return databases.copy("empty", build=lambda _url: None)


def tables(url: str) -> set[str]:
    engine = create_engine(url)
    found = set(inspect(engine).get_table_names())
    engine.dispose()
    return found


def test_the_shared_tables_are_exactly_what_the_code_maps(alpha: Database) -> None:
    with alpha.engine.begin() as connection:
        options = {"compare_type": True, "compare_server_default": True}
        options["include_name"] = lambda name, kind, _parents: kind != "table" or name in SharedBase.metadata.tables
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, SharedBase.metadata) == []


def test_several_that_start_at_once_wait_for_each_other(versions: Path, empty: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(upgrade, "sample", empty) for _ in range(4)]:
            future.result()
    upgrade("sample", empty)
    assert {"outbox", "inbox", "timers", "unreadable", "idempotency_keys", "alembic_version"} == tables(empty)


def test_a_migration_that_fails_leaves_nothing_of_itself(versions: Path, empty: str) -> None:
    upgrade("sample", empty)
    before = tables(empty)
    (versions / "0002_second.py").write_text(SECOND, encoding="utf-8")
    with pytest.raises(Exception, match="nothing"):
        upgrade("sample", empty)
    assert tables(empty) == before
    engine = create_engine(empty)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "0001"
    engine.dispose()


def test_a_service_without_migrations_is_refused(versions: Path, empty: str) -> None:
    with pytest.raises(UnknownService, match="'other' is none of sample"):
        upgrade("other", empty)


def test_the_command_finds_each_database_by_its_name(
    versions: Path, empty: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    assert "say where" in CliRunner().invoke(main, ["all"]).output
    assert "say where" in CliRunner().invoke(main, ["all", "--url", empty]).output, "one database is not for all"
    assert CliRunner().invoke(main, ["other", "--url", empty]).exit_code == 2
    monkeypatch.setenv("SAMPLE_DATABASE_URL", empty)
    assert CliRunner().invoke(main, ["all"]).output == "sample: up to date\n"
    assert CliRunner().invoke(main, ["sample", "--url", empty]).output == "sample: up to date\n"
    assert "outbox" in tables(empty)
