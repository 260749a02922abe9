"""The thin path: a paid order becomes an entitlement, a link, and a copy that names the order."""

import json
from dataclasses import replace
from uuid import UUID

from services.catalog.usecases.republish_deliveries import republish_deliveries
from services.catalog.worker import create_worker
from shared.contracts import ORDER_PAID
from shared.files.safetensors import hashes, read_header
from shared.ids import new_id
from shared.messaging.envelope import Event
from shared.messaging.transports.base import Message
from tests.service.catalog.delivery.shop import Shop
from tests.unit.files.making import opened
from tests.waiting import wait_for


def test_a_paid_order_ends_as_a_traced_copy_with_the_same_tensors(shop: Shop) -> None:
    buyer, pack = shop.person("buyer"), shop.publish()
    order, [entitlement] = shop.buy(buyer, pack)

    link = shop.link(buyer, entitlement, pack.file_ids[0])
    answer = shop.get(link)

    assert answer.status_code == 200
    assert answer.content_length == len(answer.data)
    original, copy = hashes(opened(pack.contents[0])), hashes(opened(answer.data))
    assert copy.autov3 == original.autov3
    assert copy.sha256 != original.sha256
    metadata = read_header(opened(answer.data), len(answer.data)).metadata
    assert metadata["huafang.order"] == order.number
    assert metadata["huafang.order_line"] == str(order.lines[0].line_id)
    assert metadata["huafang.licence"] == "pack-licence@2026-01"
    label = json.loads(metadata["AIGC"])
    assert label["Label"] == "2"  # declared by its seller
    assert label["ContentPropagator"] == "画坊 Huafang"
    assert label["PropagateID"] == metadata["huafang.copy"]
    assert UUID(metadata["huafang.copy"])


def test_delivery_is_told_with_what_the_line_earned(shop: Shop) -> None:
    order, _ = shop.buy(shop.person("buyer"), shop.publish(price=2900), price=2900)

    [(kind, delivery)] = shop.deliveries()

    assert kind == "completed"
    assert (delivery.order_id, delivery.line_id) == (order.order_id, order.lines[0].line_id)
    assert (delivery.version, delivery.earned, delivery.give_back) == (1, 2900, 0)


def test_deliveries_are_told_again_as_they_stand(shop: Shop) -> None:
    buyer, pack = shop.person("buyer"), shop.publish()
    order, _ = shop.buy(buyer, pack)
    unknown = shop.order(buyer, pack)
    shop.hear(replace(unknown, lines=[replace(unknown.lines[0], reference=new_id())]))
    before = shop.deliveries()

    with shop.service.database.transaction() as session:
        told = list(republish_deliveries(session, shop.clock.now()))

    assert {event.type for event in told} == {"catalog.delivery.completed.v1", "catalog.delivery.failed.v1"}
    assert sorted(map(str, shop.deliveries())) == sorted(map(str, [*before, *before]))
    assert {delivery.line_id for _, delivery in before} >= {order.lines[0].line_id}


def test_a_paid_order_goes_through_the_worker_over_the_wire(shop: Shop) -> None:
    pack, buyer = shop.publish(), shop.person("buyer")
    order = shop.order(buyer, pack)
    worker = create_worker(shop.service.settings, shop.clock)
    heard = Event(
        new_id(), "orders.order.paid.v1", "orders", str(order.order_id), shop.clock.now(), ORDER_PAID.dump(order)
    )
    worker.start()
    try:
        publisher = worker.transport.publisher()
        assert publisher.publish([Message(heard.id, heard.type, heard.to_json())]).routed == [heard.id]
        publisher.close()
        path = f"/access?product_id={pack.id}"
        wait_for(lambda: shop.get(path, buyer).json["access"], "the entitlement")
    finally:
        assert worker.stop()
        worker.service.database.close()
