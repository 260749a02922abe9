"""Delivers events to webhook endpoints, and tries again until they answer 2xx."""

from __future__ import annotations

import json
import logging
import threading
import time

import requests

from deploy.sandbox.stripe.clock import SandboxClock
from deploy.sandbox.stripe.expansion import present
from deploy.sandbox.stripe.options import Options
from deploy.sandbox.stripe.store import Store
from deploy.sandbox.stripe.webhooks.sending import Parcel, Receipt, Send, post
from deploy.sandbox.stripe.webhooks.signature import sign

log = logging.getLogger(__name__)

LONGEST_NAP = 0.5


class Deliveries:
    """A thread that empties the queue in the order in which things fell due.

    A try and its record are not one transaction: after a crash in between, an event comes twice, as it may from
    Stripe.
    """

    def __init__(self, store: Store, clock: SandboxClock, options: Options, send: Send = post) -> None:
        self._store, self._clock, self._options = store, clock, options
        self.send = send
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to deliver."""
        self._thread = threading.Thread(target=self._watch, name="stripe-webhooks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop after the delivery under way; what is queued stays queued."""
        self._stop.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def wake(self) -> None:
        """Look again now."""
        self._wake.set()

    def deliver_due(self) -> int:
        """Try everything that is due once. Answers how many tries that were."""
        count = 0
        while not self._stop.is_set() and (parcel := self._next()) is not None:
            self._record(parcel, self._try(parcel))
            count += 1
        return count

    def _next(self) -> Parcel | None:
        with self._store.reading() as tx:
            held = tx.one("SELECT 1 FROM settings WHERE name = 'webhooks_held' AND value = 'true'")
            row = tx.one(
                "SELECT d.*, e.body AS endpoint_body, e.private "
                "FROM deliveries d JOIN objects e ON e.id = d.endpoint "
                "WHERE d.state = 'pending' AND d.due_at <= ? ORDER BY d.due_at, d.seq LIMIT 1",
                self._clock.now(),
            )
            if held or row is None:
                return None
            event = present(tx, tx.get(row["event"]), self._clock.now())
        return Parcel(
            delivery=row["seq"],
            attempts=row["attempts"],
            first_at=row["first_at"],
            url=json.loads(row["endpoint_body"])["url"],
            payload=json.dumps(event, indent=2, ensure_ascii=False).encode(),
            secret=json.loads(row["private"])["secret"],
            event=event["id"],
        )

    def _try(self, parcel: Parcel) -> Receipt:
        skew = int(self._store.setting("webhook_timestamp_offset", 0))
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": sign(parcel.payload, parcel.secret, int(time.time()) + skew),
            "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
        }
        began = time.monotonic()
        status, problem = None, None
        try:
            status = self.send(parcel.url, parcel.payload, headers, self._options.webhook_timeout)
        except requests.RequestException as error:
            problem = type(error).__name__
        return Receipt(status, problem, round(time.monotonic() - began, 3))

    def _record(self, parcel: Parcel, receipt: Receipt) -> None:
        now, attempts = self._clock.now(), parcel.attempts + 1
        schedule = self._options.webhook_retries
        due = now + schedule[min(attempts, len(schedule)) - 1]
        state = "pending"
        if receipt.accepted:
            state = "delivered"
        elif due - parcel.first_at > self._options.give_up_after:
            state = "given_up"
        with self._store.writing() as tx:
            tx.execute(
                "UPDATE deliveries SET state = ?, attempts = ?, due_at = ? WHERE seq = ?",
                state,
                attempts,
                due,
                parcel.delivery,
            )
            tx.execute(
                "INSERT INTO attempts (delivery, at, seconds, status, problem) VALUES (?, ?, ?, ?, ?)",
                parcel.delivery,
                now,
                receipt.seconds,
                receipt.status,
                receipt.problem,
            )
        log.info("webhook %s try %d: %s", parcel.event, attempts, receipt.status or receipt.problem)

    def _watch(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                self.deliver_due()
            except Exception:
                log.exception("delivering webhooks of the Stripe sandbox failed")
            self._wake.wait(LONGEST_NAP)
