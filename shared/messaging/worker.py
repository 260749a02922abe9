"""A service's worker: relay, consumer, timers and retries as supervised threads of one process."""

import signal
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from threading import Event as Flag
from time import monotonic
from typing import Protocol

import structlog
from sqlalchemy.orm import Session

from shared import idempotency
from shared.clock import Clock
from shared.database import Database
from shared.messaging import outbox, received
from shared.messaging.backoff import EVENTS, Backoff
from shared.messaging.consumer import Consumer
from shared.messaging.envelope import Event
from shared.messaging.health import HealthServer
from shared.messaging.inbox import Inbox, Reaction
from shared.messaging.loops import Loop
from shared.messaging.measuring import measure
from shared.messaging.relay import Relay
from shared.messaging.timer_runner import LONGEST_RUN, TimerRunner
from shared.messaging.timers import Every, Handler, Timer
from shared.messaging.topology import Subscription, declare
from shared.messaging.transports import open_transport
from shared.messaging.wakeups import OUTBOX, TIMERS, Wakeups
from shared.settings import ServiceSettings
from shared.telemetry import start_telemetry

GRACE = 25.0  # seconds that running reactions and handlers have to end
PRUNE = "messaging-prune"
Republish = Callable[[Session], Iterable[Event]]
log = structlog.get_logger()


class Serves(Protocol):
    """What a worker needs of its service (`shared.service.Service`)."""

    @property
    def name(self) -> str: ...
    @property
    def settings(self) -> ServiceSettings: ...
    @property
    def database(self) -> Database: ...
    @property
    def clock(self) -> Clock: ...


class Worker:
    """All that a service does outside of requests.

    `reactions` are bound to event types, in which `*` is one word. `timers` are handlers by kind, `every` those
    that recur. `republish` emits the service's current facts anew, for an operator. `unheard` names types this
    service emits that no service listens to yet: they count as published without a queue.
    """

    def __init__(
        self,
        service: Serves,
        reactions: Mapping[str, Reaction],
        timers: Mapping[str, Handler] | None = None,
        every: Sequence[Every] = (),
        republish: Republish | None = None,
        *,
        unheard: Iterable[str] = (),
        timer_threads: int = 2,
        backoff: Backoff = EVENTS,
    ) -> None:
        settings, database = service.settings, service.database
        self.service = service
        self.republish = republish
        self.transport = open_transport(settings.broker_url, settings.broker_exchange)
        self.subscription = Subscription(settings.broker_exchange, service.name, tuple(reactions))
        self.inbox = Inbox(service.name, database, reactions, backoff)
        self._relay = Relay(service.name, database.url, self.transport, unheard=tuple(unheard))
        self._consumer = Consumer(
            self.transport, self.subscription, self.inbox.receive, is_database_up=database.is_reachable
        )
        self._timers = TimerRunner(
            service.name,
            database,
            service.clock,
            {**(timers or {}), PRUNE: self._prune},
            [*every, Every(PRUNE, timedelta(hours=1))],
        )
        self._loops = self._make_loops(timer_threads)
        self._health: HealthServer | None = None
        if self.transport.forgets:
            self._declare()  # before any worker of this process publishes

    def start(self) -> None:
        """Start all threads; what is not reachable yet is waited for."""
        start_telemetry(self.service.name, self.service.settings)
        if self.transport.forgets:
            self._replay()
        for loop in self._loops:
            loop.start()
        settings = self.service.settings
        if settings.worker_port:
            self._health = HealthServer(settings.worker_host, settings.worker_port, self.liveness, self.readiness)
            self._health.start()

    def stop(self, grace: float = GRACE) -> bool:
        """Let what runs end, within `grace` seconds; False when something was left, which then runs again."""
        deadline = monotonic() + grace
        for loop in self._loops:
            loop.stop()
        ended = [loop.join(deadline - monotonic()) for loop in self._loops]
        if self._health is not None:
            self._health.stop()
            self._health = None
        log.info("worker_stopped", service=self.service.name, clean=all(ended))
        return all(ended)

    def run_forever(self) -> None:
        """Run until SIGTERM or SIGINT; the body of each service's `main()`."""
        asked = Flag()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: asked.set())
        self.start()
        log.info("worker_started", service=self.service.name)
        asked.wait()
        self.stop()
        self.service.database.close()

    def liveness(self) -> dict[str, bool]:
        """Which threads are alive and gave a sign of life lately."""
        return {loop.name: loop.is_alive for loop in self._loops}

    def readiness(self) -> dict[str, bool]:
        """Which parts do their work now: consuming, relaying or standing by, listening; and the database."""
        return {loop.name: loop.is_ready for loop in self._loops} | {"database": self.service.database.is_reachable()}

    def _make_loops(self, timer_threads: int) -> list[Loop]:
        name = self.service.name
        wakeups = Wakeups(self.service.database.url, name)
        timer_loops = [
            Loop(name, f"timers-{number + 1}", self._run_timers, patience=LONGEST_RUN + 60)
            for number in range(timer_threads)
        ]
        for loop in timer_loops:
            wakeups.wakes(TIMERS, loop)
        return [
            Loop(name, "wakeups", wakeups.run),
            wakeups.wakes(OUTBOX, Loop(name, "relay", self._relay.run)),
            Loop(name, "consumer", self._consumer.run),
            Loop(name, "retries", self._retry),
            Loop(name, "upkeep", self._keep_up),
            *timer_loops,
        ]

    def _run_timers(self, loop: Loop) -> None:
        self._timers.schedule_recurring()
        while loop.going():
            busy = self._timers.run_one()
            loop.report_ready()
            if not busy:
                loop.rest(1)

    def _retry(self, loop: Loop) -> None:
        while loop.going():
            busy = self.inbox.retry_one()
            loop.report_ready()
            if not busy:
                loop.rest(0.5)

    def _keep_up(self, loop: Loop) -> None:
        """Leases and gauges every five seconds; a queue or binding that was lost is there again within thirty."""
        declared = monotonic()
        while loop.going():
            self._timers.renew_leases()
            with self.service.database.transaction() as session:
                measure(session, self.service.name)
            if monotonic() - declared > 30:
                self._declare()
                declared = monotonic()
            loop.report_ready()
            loop.rest(5)

    def _declare(self) -> None:
        with self.transport.connection() as connection:
            declare(connection, self.subscription)

    def _replay(self) -> None:
        with self.service.database.transaction() as session:
            count = outbox.replay(session, datetime.now(UTC) - outbox.KEPT)
        log.info("outbox_replayed", service=self.service.name, events=count)

    def _prune(self, _timer: Timer) -> None:
        for prune in (outbox.prune, received.prune, idempotency.prune):
            with self.service.database.transaction() as session:
                prune(session)
