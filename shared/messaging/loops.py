"""A worker's threads: each runs one loop for ever, begins again when it fails, and tells how it is."""

from collections.abc import Callable
from threading import Event, Thread
from time import monotonic

import structlog
from opentelemetry.instrumentation.utils import suppress_instrumentation

from shared.messaging.backoff import jittered
from shared.messaging.metrics import RESTARTS

PATIENCE = 60.0  # seconds without a sign of life; a reaction ends long before
log = structlog.get_logger()


class Loop:
    """One supervised thread. `body(loop)` goes on while `loop.going()` and sleeps in `loop.rest()`."""

    def __init__(self, service: str, name: str, body: Callable[["Loop"], None], patience: float = PATIENCE) -> None:
        self.name = name
        self._service = service
        self._body = body
        self._patience = patience
        self._stopping = Event()
        self._called = Event()
        self._seen = monotonic()
        self._ready = False
        self._failures = 0
        self._thread = Thread(target=self._supervise, name=f"{service}-{name}", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def going(self) -> bool:
        """A sign of life; False when the loop is to end."""
        self._seen = monotonic()
        return not self._stopping.is_set()

    def rest(self, seconds: float) -> None:
        """Sleep until called, stopped, or for so long."""
        self._called.wait(seconds)
        self._called.clear()
        self._seen = monotonic()

    def call(self) -> None:
        """There is something to do: end the rest."""
        self._called.set()

    def report_ready(self) -> None:
        """Called by the body when it does its work; the loop stays ready until it fails."""
        self._ready = True
        self._failures = 0

    @property
    def is_ready(self) -> bool:
        return self._ready and self.is_alive

    @property
    def is_alive(self) -> bool:
        """The thread runs and gave a sign of life within its patience."""
        return self._thread.is_alive() and monotonic() - self._seen < self._patience

    def stop(self) -> None:
        self._stopping.set()
        self._called.set()

    def join(self, seconds: float) -> bool:
        """Wait for the end; False when it did not come in time."""
        self._thread.join(max(0.0, seconds))
        return not self._thread.is_alive()

    def _supervise(self) -> None:
        while self.going():
            try:
                # Polling is no part of anybody's trace; reactions and handlers open their own.
                with suppress_instrumentation():
                    self._body(self)
            except Exception as error:
                self._failures += 1
                RESTARTS.labels(self._service, self.name).inc()
                log.warning(
                    "loop_failed",
                    service=self._service,
                    loop=self.name,
                    failures=self._failures,
                    error=f"{type(error).__name__}: {error}",
                    exc_info=self._failures == 1,
                )
            self._ready = False
            if self.going():
                self._stopping.wait(jittered(self._failures))
