"""What RabbitMQ and the network may do to us, and what must be left: everything, once."""

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from time import monotonic
from urllib.parse import urlsplit

import pytest
from kombu import Connection

from shared.database import Database
from shared.ids import new_id
from shared.messaging import outbox
from shared.messaging.topology import Subscription, set_up
from shared.messaging.transports import BrokerGone, Message
from shared.messaging.transports.rabbitmq import RabbitMQ
from shared.messaging.worker import Worker
from tests.rabbitmq_node import RabbitNode, own_node
from tests.service.messaging.conftest import RABBITMQ
from tests.service.messaging.sample import Thing, change, consumer, effects, once_each, publisher, unpublished
from tests.tcp_proxy import TcpProxy, proxy_to
from tests.waiting import wait_for

pytestmark = pytest.mark.rabbitmq
Broker = dict[str, str]
Start = Callable[[Worker], Worker]


@pytest.fixture
def proxy() -> Iterator[TcpProxy]:
    address = urlsplit(RABBITMQ)
    with proxy_to(address.hostname or "", address.port or 5672) as made:
        yield made


@pytest.fixture
def proxied(rabbitmq: Broker, proxy: TcpProxy) -> Broker:
    return {**rabbitmq, "url": f"amqp://guest:guest@127.0.0.1:{proxy.port}//"}


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitNode]:
    with own_node(tmp_path_factory.mktemp("rabbitmq") / "node") as made:
        yield made


@pytest.fixture
def own(node: RabbitNode) -> Broker:
    return {"url": node.url, "exchange": f"test-{new_id().hex[-12:]}"}


def _both(alpha: Database, beta: Database, broker: Broker, start: Start) -> tuple[Worker, Worker]:
    return start(consumer("beta", beta, broker)), start(publisher("alpha", alpha, broker))


def test_nothing_is_lost_while_the_broker_is_out_of_reach(
    proxied: Broker, proxy: TcpProxy, alpha: Database, beta: Database, start: Start
) -> None:
    hearing, sending = _both(alpha, beta, proxied, start)
    events = change(alpha, *(Thing() for _ in range(20)))
    proxy.cut()
    events += change(alpha, *(Thing() for _ in range(20)))
    wait_for(lambda: not hearing.readiness()["consumer"], "the consumer says that it does not consume")
    wait_for(lambda: not sending.readiness()["relay"], "the relay says that it does not publish")
    assert all(hearing.liveness().values())
    assert unpublished(alpha) >= 20
    proxy.mend()
    events += change(alpha, *(Thing() for _ in range(20)))
    wait_for(once_each(beta, events), "each effect once")
    wait_for(lambda: unpublished(alpha) == 0, "the outbox is empty")
    wait_for(lambda: all({**hearing.readiness(), **sending.readiness()}.values()), "ready again")


def test_connections_that_break_again_and_again_lose_nothing(
    proxied: Broker, proxy: TcpProxy, alpha: Database, beta: Database, start: Start
) -> None:
    _both(alpha, beta, proxied, start)
    events = []
    for _ in range(5):
        events += change(alpha, *(Thing() for _ in range(10)))
        proxy.cut()
        proxy.mend()
    wait_for(once_each(beta, events), "each effect once", seconds=30)


def test_a_broker_that_falls_silent_is_given_up_in_time(proxied: Broker, proxy: TcpProxy) -> None:
    publishing = RabbitMQ(proxied["url"], proxied["exchange"], patience=1).publisher()
    proxy.silence()
    began = monotonic()
    with pytest.raises(BrokerGone, match="no confirm within"):
        publishing.publish([Message(new_id(), "alpha.thing.changed.v1", b"{}")])
    assert monotonic() - began < 5
    with pytest.raises(BrokerGone):
        publishing.publish([Message(new_id(), "alpha.thing.changed.v1", b"{}")])
    publishing.close()
    proxy.mend()


def test_a_queue_that_was_deleted_is_made_again_and_filled_by_a_replay(
    rabbitmq: Broker, alpha: Database, beta: Database, start: Start
) -> None:
    hearing, _sending = _both(alpha, beta, rabbitmq, start)
    since = datetime.now(UTC)
    events = change(alpha, Thing())
    wait_for(once_each(beta, events), "heard of")
    with Connection(rabbitmq["url"]) as connection:
        connection.default_channel.queue_delete(f"{rabbitmq['exchange']}.beta")
    events += change(alpha, Thing(), Thing())
    wait_for(lambda: unpublished(alpha) == 0, "published once the queue is there again")
    with alpha.transaction() as session:
        assert outbox.replay(session, since - timedelta(seconds=5)) == 3
    wait_for(once_each(beta, events), "each effect once")
    wait_for(lambda: hearing.readiness()["consumer"], "consuming again")


def test_a_probe_goes_in_and_comes_out_before_traffic(rabbitmq: Broker) -> None:
    transport = RabbitMQ(rabbitmq["url"], rabbitmq["exchange"])
    subscription = Subscription(rabbitmq["exchange"], "beta", ("*.thing.changed.v1",))
    set_up(transport, subscription)
    set_up(transport, subscription)
    with transport.connection() as connection:
        assert subscription.queue()(connection).queue_declare(passive=True).message_count == 0


@pytest.mark.slow
def test_a_broker_killed_with_kill_9_and_started_again_loses_nothing(
    node: RabbitNode, own: Broker, alpha: Database, beta: Database, start: Start
) -> None:
    _both(alpha, beta, own, start)
    events = change(alpha, *(Thing() for _ in range(100)))
    wait_for(lambda: len(effects(beta)) > 10, "under way")
    node.kill()
    events += change(alpha, *(Thing() for _ in range(50)))
    node.start()
    events += change(alpha, Thing())
    wait_for(once_each(beta, events), "each effect once", seconds=60)
    wait_for(lambda: unpublished(alpha) == 0, "the outbox is empty")


@pytest.mark.slow
def test_a_broker_that_lost_its_data_is_filled_again_from_the_outbox(
    node: RabbitNode, own: Broker, alpha: Database, beta: Database, start: Start
) -> None:
    """What was confirmed and lies in the queue is gone with the data; the outbox has it still."""
    since = datetime.now(UTC) - timedelta(minutes=1)
    with RabbitMQ(own["url"], own["exchange"]).connection() as connection:
        Subscription(own["exchange"], "beta", ("*.thing.changed.v1",)).queue()(connection).declare()
    sending = start(publisher("alpha", alpha, own))
    events = change(alpha, *(Thing() for _ in range(30)))
    wait_for(lambda: unpublished(alpha) == 0, "all confirmed, none consumed")
    node.kill()
    node.wipe()
    node.start()
    start(consumer("beta", beta, own))
    events += change(alpha, Thing())
    wait_for(lambda: sending.readiness()["relay"], "relaying again", seconds=40)
    assert len(effects(beta)) <= 1
    with alpha.transaction() as session:
        assert outbox.replay(session, since) == 31
    wait_for(once_each(beta, events), "each effect once", seconds=40)


@pytest.mark.slow
def test_a_broker_that_blocks_publishers_delays_events_and_loses_none(
    node: RabbitNode, own: Broker, alpha: Database, beta: Database, start: Start
) -> None:
    _both(alpha, beta, own, start)
    node.control("set_disk_free_limit", "900000000000000")
    events = change(alpha, Thing(), Thing())
    impatient = RabbitMQ(own["url"], own["exchange"], patience=1)
    with closing(impatient.publisher()) as publishing, pytest.raises(BrokerGone):
        publishing.publish([Message(new_id(), "alpha.thing.changed.v1", b"{}")])
    assert effects(beta) == []
    node.control("set_disk_free_limit", "50MB")
    wait_for(once_each(beta, events), "each effect once", seconds=60)
