"""The thin path: a paid order becomes an entitlement, a link, and a copy that names the order."""

import json
from uuid import UUID

from shared.files.safetensors import hashes, read_header
from tests.service.catalog.delivery.shop import Shop
from tests.unit.files.making import opened


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
