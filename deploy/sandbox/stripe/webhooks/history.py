"""What was delivered, when, and how it was answered."""

from __future__ import annotations

from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.store import Store


def log_of_deliveries(store: Store, event: str | None = None) -> list[Json]:
    """Every delivery, oldest first, each with its tries."""
    with store.reading() as tx:
        condition, values = ("WHERE d.event = ?", [event]) if event else ("", [])
        rows = tx.execute(
            "SELECT d.*, json_extract(o.body, '$.type') AS type FROM deliveries d "
            f"JOIN objects o ON o.id = d.event {condition} ORDER BY d.seq",
            *values,
        ).fetchall()
        tries: dict[int, list[Json]] = {row["seq"]: [] for row in rows}
        for row in tx.execute("SELECT * FROM attempts ORDER BY seq"):
            if row["delivery"] in tries:
                tries[row["delivery"]].append({key: row[key] for key in ("at", "seconds", "status", "problem")})
    shown = ("seq", "event", "type", "endpoint", "state", "attempts", "due_at")
    return [{**{key: row[key] for key in shown}, "tries": tries[row["seq"]]} for row in rows]
