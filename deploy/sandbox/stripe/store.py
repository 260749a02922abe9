"""The stand-in's memory: one SQLite file that outlives its process."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.sandbox.stripe.schema import SCHEMA
from deploy.sandbox.stripe.transaction import Transaction

BUSY_SECONDS = 30.0


class Store:
    """Hands out transactions on one SQLite file; connections are kept and used again."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "stripe.sqlite3"
        self._idle: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        with self._borrowed() as connection:
            connection.executescript(SCHEMA)

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        """One unchanging view of everything."""
        with self._borrowed() as connection:
            connection.execute("BEGIN")
            try:
                yield Transaction(connection)
            finally:
                connection.execute("ROLLBACK")

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """All or nothing. BEGIN IMMEDIATE, because a deferred one fails when two of them turn to writing."""
        with self._borrowed() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Transaction(connection)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def setting(self, name: str, default: Any) -> Any:
        """A value kept across restarts."""
        with self.reading() as tx:
            row = tx.one("SELECT value FROM settings WHERE name = ?", name)
        return default if row is None else json.loads(row["value"])

    def remember(self, name: str, value: Any) -> None:
        """Keep a value across restarts."""
        with self.writing() as tx:
            tx.execute("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", name, json.dumps(value))

    def close(self) -> None:
        """Close what is idle; a transaction still running closes its own connection when it ends."""
        with self._lock:
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    @contextmanager
    def _borrowed(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            connection = self._idle.pop() if self._idle else None
        connection = connection or self._connect()
        try:
            yield connection
        finally:
            # Still in a transaction: it could be neither committed nor rolled back, so nobody may have it again.
            if connection.in_transaction:
                connection.close()
            else:
                with self._lock:
                    self._idle.append(connection)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute("PRAGMA foreign_keys = ON")
        return connection
