"""What one stand-in is made of."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.sandbox.stripe.clock import SandboxClock
from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.faults import Faults
from deploy.sandbox.stripe.idempotency import KeysInFlight
from deploy.sandbox.stripe.moment import Moment
from deploy.sandbox.stripe.objects.webhook_endpoint import new_webhook_endpoint
from deploy.sandbox.stripe.options import Options
from deploy.sandbox.stripe.schema import TABLES
from deploy.sandbox.stripe.store import Store
from deploy.sandbox.stripe.timers import Timers
from deploy.sandbox.stripe.webhooks.delivery import Deliveries


class Sandbox:
    """The stand-in without its HTTP: memory, clock, and the two threads that act by themselves."""

    def __init__(self, options: Options) -> None:
        self.options = options
        self.store = Store(options.data)
        self.clock = SandboxClock(self.store)
        self.faults = Faults()
        self.keys = KeysInFlight()
        self.stopping = threading.Event()
        self.deliveries = Deliveries(self.store, self.clock, options)
        self.timers = Timers(self.store, self.clock, self.moment)
        self._configure_endpoint()

    @contextmanager
    def moment(self, request_id: str | None = None, key: str | None = None) -> Iterator[Moment]:
        """One transaction in which things happen; what they queue is delivered once it is committed."""
        with self.store.writing() as tx:
            yield Moment(tx, self.options, self.clock.now(), request_id, key)
        self.deliveries.wake()
        self.timers.wake()

    def start(self) -> None:
        """Begin to deliver webhooks and to let time pass."""
        self.deliveries.start()
        self.timers.start()

    def stop(self) -> None:
        """Stop both threads, let held connections go, and close the memory."""
        self.stopping.set()
        self.timers.stop()
        self.deliveries.stop()
        self.store.close()

    def advance(self, seconds: float) -> float:
        """Move the clock forward and let everything that has come due happen soon."""
        now = self.clock.advance(seconds)
        self.timers.wake()
        self.deliveries.wake()
        return now

    def reset(self) -> None:
        """Forget everything but the configured webhook endpoint."""
        self.faults.clear()
        with self.store.writing() as tx:
            for table in TABLES:
                tx.execute(f"DELETE FROM {table}")
        self.clock.forget()
        self._configure_endpoint()

    def _configure_endpoint(self) -> None:
        """The endpoint given at the start, found again by its address after a restart."""
        if self.options.webhook_url is None:
            return
        with self.moment() as moment:
            known: list[Json] = moment.tx.all("webhook_endpoint", {"url": self.options.webhook_url})
            if known:
                moment.tx.note(known[0]["id"], secret=self.options.webhook_secret)
                return
            params: Json = {"url": self.options.webhook_url, "enabled_events": ["*"], "description": "configured"}
            endpoint = new_webhook_endpoint(params, self.options.api_version, moment.now)
            moment.tx.add(endpoint, private={"secret": self.options.webhook_secret})
