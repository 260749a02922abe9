"""One relay a service is active, whatever happens to it."""

import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from subprocess import Popen

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from shared.database import Database
from shared.messaging.loops import Loop
from shared.messaging.metrics import LEADING
from shared.messaging.relay import LEASE, Relay
from shared.messaging.sessions import Leadership
from shared.messaging.transports import InProcess, Message, Outcome, open_transport
from shared.messaging.worker import Worker
from tests.databases import Databases
from tests.service.messaging.sample import Thing, change, consumer, once_each, publisher, unpublished
from tests.tcp_proxy import TcpProxy, proxy_to
from tests.waiting import wait_for

Start = Callable[[Worker], Worker]
Spawn = Callable[..., "Popen[str]"]
Run = Callable[[Relay], Loop]


class Refusing:
    """A publisher whose broker has no room."""

    def publish(self, messages: list[Message]) -> Outcome:
        return Outcome(refused=[message.id for message in messages])

    def keep_alive(self) -> None: ...
    def close(self) -> None: ...


@pytest.fixture
def run() -> Iterator[Run]:
    loops: list[Loop] = []

    def started(relay: Relay) -> Loop:
        loops.append(Loop("alpha", f"relay-{len(loops)}", relay.run))
        loops[-1].start()
        wait_for(lambda: loops[-1].is_ready, "ready")
        return loops[-1]

    yield started
    for loop in loops:
        loop.stop()
    assert all(loop.join(10) for loop in loops)


@pytest.fixture
def proxy(databases: Databases, alpha: Database) -> Iterator[TcpProxy]:
    address = make_url(alpha.url)
    with proxy_to(address.host or "127.0.0.1", address.port or 5432) as made:
        yield made


def holders(database: Database) -> list[int]:
    """The server processes that hold the relay's lock, or wait for nothing: there is at most one."""
    query = text(
        "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted AND database = (SELECT oid"
        " FROM pg_database WHERE datname = current_database())"
    )
    with database.transaction() as session:
        return list(session.scalars(query))


@pytest.mark.rabbitmq
def test_the_standby_takes_over_when_the_active_relay_is_killed(
    rabbitmq: dict[str, str], alpha: Database, beta: Database, start: Start, spawn: Spawn
) -> None:
    active = spawn(rabbitmq, alpha=alpha)
    start(consumer("beta", beta, rabbitmq))
    wait_for(lambda: holders(alpha), "the first relay is active")
    start(publisher("alpha", alpha, rabbitmq))
    [first] = holders(alpha)
    events = change(alpha, Thing())
    wait_for(once_each(beta, events), "the active one publishes")
    assert holders(alpha) == [first]
    active.send_signal(signal.SIGKILL)
    active.wait()
    events += change(alpha, Thing(), Thing())
    wait_for(once_each(beta, events), "the standby publishes")
    wait_for(lambda: holders(alpha) and holders(alpha) != [first], "another holds the lock")


def test_two_relays_never_publish_at_once(alpha: Database, in_process: dict[str, str], run: Run) -> None:
    transport = open_transport("memory://", in_process["exchange"])
    sent: list[str] = []
    for name in ("one", "two", "three"):
        run(Relay("alpha", alpha.url, Counting(transport, name, sent), unheard=("*.thing.changed.v1",)))
    change(alpha, *(Thing() for _ in range(50)))
    wait_for(lambda: unpublished(alpha) == 0, "all published")
    assert len(sent) == 50
    assert len(set(sent)) == 1


def test_the_standby_takes_over_when_the_active_relay_is_cut_off_in_silence(
    alpha: Database, in_process: dict[str, str], run: Run, proxy: TcpProxy
) -> None:
    """Nobody closes the connection; the server ends the session it has not heard from."""
    transport = open_transport("memory://", in_process["exchange"])
    lease = timedelta(seconds=2)
    sent: list[str] = []
    behind = make_url(alpha.url).set(host="127.0.0.1", port=proxy.port).render_as_string(hide_password=False)
    options = {"unheard": ("*.thing.changed.v1",), "lease": lease}
    run(Relay("alpha", behind, Counting(transport, "active", sent), **options))
    change(alpha, Thing())
    wait_for(lambda: sent == ["active"], "the active one publishes")
    run(Relay("alpha", alpha.url, Counting(transport, "standby", sent), **options))
    proxy.silence()
    change(alpha, Thing())
    wait_for(lambda: sent == ["active", "standby"], "the standby publishes", seconds=10)
    wait_for(lambda: unpublished(alpha) == 0, "marked")
    proxy.mend()
    change(alpha, Thing())
    wait_for(lambda: len(sent) == 3, "and goes on")
    assert sent[-1] == "standby"


def test_a_database_connection_that_the_server_ends_is_opened_again(
    alpha: Database, in_process: dict[str, str], run: Run
) -> None:
    loop = run(Relay("alpha", alpha.url, InProcess(in_process["exchange"]), unheard=("*.*.changed.v1",)))
    for _ in range(3):
        with alpha.transaction() as session:
            for pid in holders(alpha):
                session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
        change(alpha, Thing())
        wait_for(lambda: unpublished(alpha) == 0, "published after all")
    wait_for(lambda: loop.is_ready, "ready again")


def test_an_event_the_broker_refuses_stays_unpublished(alpha: Database, in_process: dict[str, str]) -> None:
    relay = Relay("alpha", alpha.url, InProcess(in_process["exchange"]))
    change(alpha, Thing())
    with Leadership(alpha.url, "alpha", LEASE) as leading:
        assert relay.publish_window(leading.connection, Refusing()) == 1
        assert relay.publish_window(leading.connection, Refusing()) == 0, "it waits for its next try"
    with alpha.transaction() as session:
        row = session.execute(text("SELECT attempts, error, published_at, next_try_at > now() FROM outbox"))
        assert tuple(row.one()) == (1, "the broker refused it", None, True)


def test_unroutable_events_do_not_hold_up_those_behind_them(alpha: Database, in_process: dict[str, str]) -> None:
    relay = Relay("alpha", alpha.url, InProcess(in_process["exchange"]), window=5, unheard=("delta.*.*.v1",))
    change(alpha, *(Thing() for _ in range(10)))
    change(alpha, Thing(), source="delta")
    publishing = InProcess(in_process["exchange"]).publisher()
    with Leadership(alpha.url, "alpha", LEASE) as leading:
        assert [relay.publish_window(leading.connection, publishing) for _ in range(4)] == [5, 5, 1, 0]
    assert unpublished(alpha) == 10
    publishing.close()


def test_a_standby_says_so_in_its_metrics(alpha: Database, in_process: dict[str, str], run: Run) -> None:
    run(Relay("alpha", alpha.url, InProcess(in_process["exchange"])))
    wait_for(lambda: holders(alpha), "leading")
    wait_for(lambda: LEADING.labels("alpha")._value.get() == 1, "the gauge says so")


class Counting:
    """A transport that notes who published."""

    def __init__(self, inner: object, name: str, sent: list[str]) -> None:
        self._inner, self._name, self._sent = inner, name, sent

    def publisher(self) -> "Counting":
        self._publisher = self._inner.publisher()
        return self

    def publish(self, messages: list[Message]) -> Outcome:
        self._sent.extend(self._name for _ in messages)
        return self._publisher.publish(messages)

    def keep_alive(self) -> None:
        self._publisher.keep_alive()

    def close(self) -> None:
        self._publisher.close()
