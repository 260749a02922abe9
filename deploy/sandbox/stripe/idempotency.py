"""Idempotency keys as Stripe keeps them (docs.stripe.com/api/idempotent_requests)."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256

from deploy.sandbox.stripe.errors import Json, StripeError, invalid
from deploy.sandbox.stripe.transaction import Transaction, dump

# Stripe may remove keys "after they're at least 24 hours old": here they always go then.
KEPT_FOR = 24 * 3600
LONGEST = 255


@dataclass(frozen=True)
class Kept:
    """An answer given before."""

    status: int
    body: Json
    request: str


def check_key(key: str) -> None:
    """Refuse a key that Stripe would."""
    if len(key) > LONGEST:
        raise invalid(f"Idempotency keys may be at most {LONGEST} characters long.")


def fingerprint(params: Json) -> str:
    """The same for the same parameters, in whatever order they came."""
    return sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()


def recall(tx: Transaction, key: str, operation: str, params: Json, now: float) -> Kept | None:
    """The answer kept under this key, or None. Another operation or other parameters under it are a 400."""
    tx.execute("DELETE FROM keys WHERE created < ?", now - KEPT_FOR)
    row = tx.one("SELECT * FROM keys WHERE key = ?", key)
    if row is None:
        return None
    if row["operation"] != operation:
        raise misused(
            f"Keys for idempotent requests can only be used for the same endpoint they were first used for "
            f"('{operation}' vs '{row['operation']}'). Try using a key other than '{key}' if you meant to execute "
            "a different request."
        )
    if row["fingerprint"] != fingerprint(params):
        raise misused(
            "Keys for idempotent requests can only be used with the same parameters they were first used with. "
            f"Try using a key other than '{key}' if you meant to execute a different request."
        )
    return Kept(row["status"], json.loads(row["body"]), row["request"])


def keep(tx: Transaction, key: str, operation: str, params: Json, *, answer: Kept, now: float) -> None:
    """Keep an answer under its key, in the transaction that has its effect."""
    tx.execute(
        "INSERT INTO keys (key, operation, fingerprint, status, body, request, created) VALUES (?, ?, ?, ?, ?, ?, ?)",
        key,
        operation,
        fingerprint(params),
        answer.status,
        dump(answer.body),
        answer.request,
        now,
    )


def misused(message: str) -> StripeError:
    """The key was first used for something else."""
    return StripeError(400, message, kind="idempotency_error", keeps=False)


class KeysInFlight:
    """Keys of requests being worked on; a second request with the same key meets a 409.

    Kept in memory: a request does not outlive its process, and neither must its claim on the key.
    """

    def __init__(self) -> None:
        self._keys: set[str] = set()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        """How many requests are being worked on."""
        return len(self._keys)

    @contextmanager
    def holding(self, key: str | None) -> Iterator[None]:
        """Claim the key for as long as the block runs."""
        if key is None:
            yield
            return
        with self._lock:
            if key in self._keys:
                raise StripeError(
                    409,
                    "There is currently another in-progress request using this Idempotent Key (that probably "
                    "means you submitted twice, and the other request is still going through): "
                    f"{key}. Please try again later.",
                    kind="idempotency_error",
                    code="idempotency_key_in_use",
                    keeps=False,
                )
            self._keys.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._keys.discard(key)
