"""The calls that were received."""

from __future__ import annotations

from collections import Counter

from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.store import Store


def counted(store: Store, key: str | None, path: str | None) -> Json:
    """Calls, oldest first, and how many came with each idempotency key."""
    conditions, values = "", []
    for column, value in (("key", key), ("path", path)):
        if value is not None:
            conditions += f" AND {column} = ?"
            values.append(value)
    with store.reading() as tx:
        rows = tx.execute(f"SELECT * FROM calls WHERE TRUE{conditions} ORDER BY seq", *values).fetchall()
    by_key = Counter(row["key"] for row in rows if row["key"] is not None)
    calls = [{**dict(row), "replayed": bool(row["replayed"])} for row in rows]
    return {"count": len(rows), "by_key": dict(by_key), "calls": calls}
