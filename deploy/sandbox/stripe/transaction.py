"""One transaction on the stand-in's memory, in words of objects rather than rows."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from deploy.sandbox.stripe.errors import Json

FIELD = re.compile(r"^[a-z_]+$")


def dump(value: Any) -> str:
    """JSON as it is stored: compact, and Chinese left readable."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class Transaction:
    """What can be read and changed; the caller decides when it is committed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
        """Run one statement."""
        return self._connection.execute(sql, values)

    def one(self, sql: str, *values: Any) -> sqlite3.Row | None:
        """The first row, or None."""
        row: sqlite3.Row | None = self.execute(sql, *values).fetchone()
        return row

    @contextmanager
    def undone_on_error(self) -> Iterator[None]:
        """What is changed inside is taken back when it raises; the transaction itself goes on."""
        self.execute("SAVEPOINT effect")
        try:
            yield
        except BaseException:
            self.execute("ROLLBACK TO effect")
            raise
        finally:
            self.execute("RELEASE effect")

    def add(self, body: Json, private: Json | None = None) -> Json:
        """Keep a new object."""
        self.execute(
            "INSERT INTO objects (id, object, created, body, private) VALUES (?, ?, ?, ?, ?)",
            body["id"],
            body["object"],
            body["created"],
            dump(body),
            dump(private or {}),
        )
        return body

    def save(self, body: Json) -> Json:
        """Keep an object's new state."""
        self.execute("UPDATE objects SET body = ? WHERE id = ?", dump(body), body["id"])
        return body

    def delete(self, object_id: str) -> None:
        """Forget an object."""
        self.execute("DELETE FROM objects WHERE id = ?", object_id)

    def find(self, object_id: str, kind: str | None = None) -> Json | None:
        """The object with this id (and, when asked, of this kind), or None."""
        row = self.one("SELECT object, body FROM objects WHERE id = ?", object_id)
        if row is None or (kind is not None and row["object"] != kind):
            return None
        body: Json = json.loads(row["body"])
        return body

    def get(self, object_id: str) -> Json:
        """An object that must be there, because another one names it."""
        body = self.find(object_id)
        if body is None:
            raise LookupError(f"the sandbox lost {object_id}")
        return body

    def private(self, object_id: str) -> Json:
        """What the stand-in knows of an object and Stripe would not tell."""
        row = self.one("SELECT private FROM objects WHERE id = ?", object_id)
        known: Json = json.loads(row["private"]) if row else {}
        return known

    def note(self, object_id: str, **more: Any) -> None:
        """Add to what the stand-in alone knows of an object."""
        merged = {**self.private(object_id), **more}
        self.execute("UPDATE objects SET private = ? WHERE id = ?", dump(merged), object_id)

    def all(self, kind: str, where: Mapping[str, Any] | None = None) -> list[Json]:
        """Every object of a kind whose fields have these values, oldest first."""
        conditions, values = matching(where or {})
        rows = self.execute(
            f"SELECT body FROM objects WHERE object = ? {conditions} ORDER BY seq",
            kind,
            *values,
        )
        return [json.loads(row["body"]) for row in rows]

    def schedule(self, kind: str, subject: str, due_at: float, payload: Json | None = None) -> None:
        """Let something happen at a time of the sandbox's clock; asking again moves it."""
        self.execute(
            "INSERT OR REPLACE INTO timers (kind, subject, due_at, payload) VALUES (?, ?, ?, ?)",
            kind,
            subject,
            due_at,
            dump(payload or {}),
        )

    def unschedule(self, kind: str, subject: str) -> None:
        """Let it not happen after all."""
        self.execute("DELETE FROM timers WHERE kind = ? AND subject = ?", kind, subject)


def matching(where: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """SQL for "these top-level fields have these values"; field names come from our own code only."""
    conditions, values = "", []
    for field, value in where.items():
        if not FIELD.match(field):
            raise ValueError(f"not a field name: {field}")
        conditions += f" AND json_extract(body, '$.{field}') = ?"
        values.append(value)
    return conditions, values
