"""One transaction at one time, caused by one request or by none: what every action is given."""

from __future__ import annotations

import json
from dataclasses import dataclass

from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.objects.event import new_event
from deploy.sandbox.stripe.options import Options
from deploy.sandbox.stripe.transaction import Transaction


@dataclass(frozen=True)
class Moment:
    """`time` is the sandbox's; `request_id` and `key` name the API request behind it, if there is one."""

    tx: Transaction
    options: Options
    time: float
    request_id: str | None = None
    key: str | None = None

    @property
    def now(self) -> int:
        """The time as Stripe writes it: whole seconds."""
        return int(self.time)

    def emit(self, kind: str, subject: Json, previous: Json | None = None) -> Json:
        """Keep an event of an object as it is now, and queue it for every endpoint that listens to its type."""
        event = self.tx.add(new_event(kind, subject, previous, self))
        for endpoint in self.tx.all("webhook_endpoint"):
            if endpoint["status"] == "enabled" and {"*", kind} & set(endpoint["enabled_events"]):
                for _ in range(self._copies()):
                    self.queue(event["id"], endpoint["id"])
        return event

    def queue(self, event: str, endpoint: str) -> None:
        """Queue one delivery, due at once."""
        self.tx.execute(
            "INSERT INTO deliveries (event, endpoint, state, first_at, due_at) VALUES (?, ?, 'pending', ?, ?)",
            event,
            endpoint,
            self.time,
            self.time,
        )

    def _copies(self) -> int:
        row = self.tx.one("SELECT value FROM settings WHERE name = 'webhook_copies'")
        return 1 if row is None else int(json.loads(row["value"]))
