"""The real worker: events in and out over a broker, timers by themselves, one purchase through all of it."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from services.orders.worker import create_worker
from shared.contracts import DELIVERY_COMPLETED, OFFER_PUBLISHED, Contract
from shared.contracts.deliveries import Delivery
from shared.contracts.offers import Offer, Text, Work
from shared.ids import new_id
from shared.messaging.envelope import Event
from shared.messaging.transports import open_transport
from shared.messaging.transports.base import Message
from shared.messaging.worker import Worker
from tests.service.orders.conftest import copied
from tests.service.orders.till import Till, opened_till

RABBITMQ = "amqp://guest:guest@127.0.0.1:5672//"
BROKERS = ["memory://", pytest.param(RABBITMQ, marks=pytest.mark.rabbitmq)]


class Shop:
    """A till whose worker runs, and a catalog that speaks over the broker."""

    def __init__(self, till: Till, worker: Worker) -> None:
        self.till, self.worker = till, worker
        settings = worker.service.settings
        self._publisher = open_transport(settings.broker_url, settings.broker_exchange).publisher()

    def close(self) -> None:
        self._publisher.close()

    def tell(self, contract: Contract[Any], body: Any, copies: int = 1) -> None:
        event = Event(new_id(), f"catalog.{contract.name}", "catalog", "x", self.till.clock.now(), contract.dump(body))
        message = Message(event.id, event.type, event.to_json())
        for _ in range(copies):
            assert self._publisher.publish([message]).routed

    def until(self, holds: Callable[[], Any], seconds: float = 30) -> Any:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := holds():
                return found
            time.sleep(0.05)
        raise AssertionError("it did not happen in time")


@pytest.fixture(params=BROKERS, ids=["in-process", "rabbitmq"])
def shop(request: pytest.FixtureRequest, orders_template: str, tmp_path: Path) -> Iterator[Shop]:
    exchange = f"orders_tests_{uuid4().hex[:8]}"
    with (
        copied(orders_template) as url,
        opened_till(url, tmp_path, broker_url=request.param, broker_exchange=exchange, sweep_seconds=1) as till,
    ):
        worker = create_worker(till.desk.settings, till.clock, till.desk.gateway)
        worker.start()
        made = Shop(till, worker)
        made.until(lambda: all(worker.readiness().values()))
        try:
            yield made
        finally:
            made.close()
            assert worker.stop()
            worker.service.database.close()
            if request.param == RABBITMQ:
                _remove(worker, exchange)


def _remove(worker: Worker, exchange: str) -> None:
    with worker.transport.connection() as connection:
        channel = connection.channel()
        channel.queue_delete(worker.subscription.queue().name)
        channel.exchange_delete(exchange)


@pytest.mark.slow
def test_a_purchase_over_the_broker_with_every_message_twice(shop: Shop) -> None:
    till = shop.till
    offer = Offer(
        offer_id=uuid4(),
        version=1,
        publisher="catalog",
        kind="lora",
        reference=uuid4(),
        title=Text("山水", "Landscape"),
        price=3990,
        currency="CNY",
        max_quantity=1,
        works=[Work(uuid4(), uuid4())],
        published_at=till.clock.now(),
    )
    shop.tell(OFFER_PUBLISHED, offer, copies=2)
    shop.until(lambda: till.value("SELECT count(*) FROM offers"))
    customer = till.customer()
    order = customer.place(offer).body
    customer.start(order["id"])
    till.pay_at_gateway(order["id"])
    shop.until(lambda: till.status(order["id"]) == "paid")
    line = order["lines"][0]
    fact = Delivery(UUID(order["id"]), UUID(line["id"]), 1, 3990, 0, till.clock.now())
    shop.tell(DELIVERY_COMPLETED, fact, copies=2)
    shop.until(lambda: till.status(order["id"]) == "completed")
    assert [fact["status"] for fact in till.events("order.%")] == ["awaiting_payment", "paid", "completed"]
    till.operator.refund(order["id"], {line["id"]: 3990})
    shop.until(lambda: till.status(order["id"]) == "refunded")
    assert till.value("SELECT count(*) FROM inbox WHERE status = 'parked'") == 0
    assert till.value("SELECT count(*) FROM timers WHERE status = 'parked'") == 0
    till.check_books()


@pytest.mark.slow
def test_an_order_expires_by_the_business_clock(shop: Shop) -> None:
    till = shop.till
    order = till.customer().place(till.offer()).body
    till.advance(minutes=31)
    shop.until(lambda: till.status(order["id"]) == "expired")
