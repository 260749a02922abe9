"""What somebody owns, why, and what is new in it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from services.catalog.domain.versions import Version, VersionState
from shared.ids import new_id
from shared.pagination import encode_cursor
from tests.service.catalog.delivery.shop import Given, Shop, refunded
from tests.unit.files.making import lora_file


def library(shop: Shop, who: Any, **asked: Any) -> dict[str, Any]:
    answer = shop.get("/library", who, query_string=asked)
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def test_the_library_lists_purchases_the_newest_first_in_pages(shop: Shop) -> None:
    buyer = shop.person("buyer")
    bought = []
    for number in range(5):
        pack = shop.publish(f"包 {number}")
        shop.clock.advance(timedelta(minutes=1))
        shop.buy(buyer, pack)
        bought.insert(0, str(pack.id))

    seen, cursor = [], None
    for _ in range(5):
        page = library(shop, buyer, limit=2, **({"cursor": cursor} if cursor else {}))
        seen += [item["product"]["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    assert seen == bought
    assert library(shop, shop.person("stranger"))["items"] == []
    assert shop.get("/library").status_code == 401
    assert shop.get("/library", shop.person("guest", "guest")).status_code == 401


@pytest.mark.parametrize("cursor", ["x", encode_cursor(["a", "b"]), encode_cursor(["2026-01-01T00:00:00", "x"])])
def test_a_forged_cursor_is_refused(lasting_shop: Shop, cursor: str) -> None:
    answer = lasting_shop.get("/library", lasting_shop.person("buyer"), query_string={"cursor": cursor})
    assert answer.status_code == 400


def test_a_line_of_the_library_tells_what_it_is(shop: Shop) -> None:
    buyer, pack = shop.person("buyer"), shop.publish()
    order, [entitlement] = shop.buy(buyer, pack, price=2900)

    [item] = library(shop, buyer)["items"]

    assert item["id"] == str(entitlement)
    assert (item["order_number"], item["state"], item["amount"]) == (order.number, "active", 2900)
    assert (item["files_count"], item["size"]) == (1, len(pack.contents[0]))
    assert item["product"]["title"] == {"zh": "水墨山水", "en": "Ink landscapes"}
    assert item["has_news"] is False


def test_a_new_version_is_news_until_it_is_downloaded(shop: Shop) -> None:
    buyer, pack = shop.person("buyer"), shop.publish()
    _, [entitlement] = shop.buy(buyer, pack)
    shop.get(shop.link(buyer, entitlement, pack.file_ids[0]))
    shop.clock.advance(timedelta(days=1))
    newer = shop.release(pack, [Given("ink-2.safetensors", lora_file(rank=16))], note="更清晰的远山")

    [item] = library(shop, buyer)["items"]
    assert item["has_news"] is True
    detail = shop.get(f"/library/{entitlement}", buyer).json
    [product] = detail["products"]
    assert [version["number"] for version in product["versions"]] == [2, 1]
    assert [version["is_new"] for version in product["versions"]] == [True, False]
    assert product["news"][0]["note"] == {"zh": "更清晰的远山", "en": "更清晰的远山"}
    assert detail["terms"][0]["key"] == "pack-licence"
    assert [change["act"] for change in detail["history"]] == ["granted"]
    assert "actor_id" not in detail["history"][0]

    shop.clock.advance(timedelta(minutes=1))
    assert shop.get(shop.link(buyer, entitlement, newer.file_ids[0])).status_code == 200
    assert shop.get(shop.link(buyer, entitlement, pack.file_ids[0])).status_code == 200
    assert library(shop, buyer)["items"][0]["has_news"] is False


def test_only_released_versions_reach_a_buyer(shop: Shop) -> None:
    buyer, pack = shop.person("buyer"), shop.publish()
    _, [entitlement] = shop.buy(buyer, pack)
    draft = shop.release(pack, [Given("draft.safetensors", lora_file(rank=8))])
    with shop.service.database.transaction() as session:
        version = session.get_one(Version, draft.version_id)
        version.state, version.released_at = VersionState.DRAFT, None

    detail = shop.get(f"/library/{entitlement}", buyer).json
    assert [version["number"] for version in detail["products"][0]["versions"]] == [1]
    path = f"/entitlements/{entitlement}/files/{draft.file_ids[0]}/links"
    assert shop.post(path, buyer).status_code == 404


def test_a_bundle_shows_its_parts_and_serves_their_files(shop: Shop) -> None:
    one, two = shop.publish("一"), shop.publish("二")
    bundle = shop.publish("合集", kind="bundle", parts=[one, two])
    buyer = shop.person("buyer")
    _, [entitlement] = shop.buy(buyer, bundle)

    detail = shop.get(f"/library/{entitlement}", buyer).json

    assert detail["product"]["title"]["zh"] == "合集"
    assert {product["title"]["zh"] for product in detail["products"]} == {"一", "二"}
    for part in (one, two):
        assert shop.get(shop.link(buyer, entitlement, part.file_ids[0])).status_code == 200
    other = shop.publish("三")
    assert shop.post(f"/entitlements/{entitlement}/files/{other.file_ids[0]}/links", buyer).status_code == 404


def test_members_of_the_organisation_share_what_it_bought(shop: Shop) -> None:
    firm = new_id()
    buyer, colleague = shop.person("buyer", organisations=[firm]), shop.person("colleague", organisations=[firm])
    pack = shop.publish()
    order = replace(shop.order(buyer, pack), organisation_id=firm)
    shop.hear(order)

    [item] = library(shop, colleague)["items"]
    answer = shop.get(shop.link(colleague, item["id"], pack.file_ids[0]))

    assert answer.status_code == 200
    assert order.number in answer.data[:4000].decode("latin-1")
    log = shop.get(f"/entitlements/{item['id']}/access-log", shop.operator).json["items"]
    assert {entry["person_id"] for entry in log} == {str(colleague.id)}
    assert library(shop, shop.person("stranger"))["items"] == []


def test_access_names_every_reason(shop: Shop) -> None:
    pack = shop.publish()
    bundle = shop.publish("合集", kind="bundle", parts=[pack])
    buyer = shop.person("buyer")
    path = f"/access?product_id={pack.id}"
    assert shop.get(path, buyer).json["because"] == [
        shop.get(path, buyer).json["because"][0] | {"kind": "not_bought", "gives": False}
    ]
    first, _ = shop.buy(buyer, pack)
    shop.clock.advance(timedelta(minutes=1))
    second, _ = shop.buy(buyer, bundle)
    shop.hear(refunded(first), "refunded")

    found = shop.get(path, buyer).json

    assert found["access"] is True
    assert [(one["kind"], one["gives"], one["order_number"]) for one in found["because"]] == [
        ("revoked", False, first.number),
        ("bundle", True, second.number),
    ]
    assert found["because"][0]["detail"] == "refunded"
    mine = shop.get(path, shop.person("creator")).json
    assert (mine["access"], mine["because"][0]["kind"]) == (True, "creator")
    assert shop.get(f"/access?product_id={new_id()}", buyer).status_code == 404
    assert shop.get("/access?product_id=x", buyer).status_code == 422
    assert shop.get(path).status_code == 401


def test_the_number_of_queries_does_not_grow_with_the_library(shop: Shop) -> None:
    buyer = shop.person("buyer")
    for number in range(6):
        shop.buy(buyer, shop.publish(f"包 {number}"))
    asked: list[str] = []
    event.listen(shop.service.database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    counts = []
    for limit in (1, 6):
        asked.clear()
        assert len(library(shop, buyer, limit=limit)["items"]) == limit
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 6


def test_an_operator_finds_entitlements_by_order_or_person(shop: Shop) -> None:
    buyer, pack = shop.person("buyer"), shop.publish()
    order, [entitlement] = shop.buy(buyer, pack)
    for asked in (f"order_id={order.order_id}", f"person_id={buyer.id}"):
        [item] = shop.get(f"/entitlements?{asked}", shop.operator).json["items"]
        assert item["id"] == str(entitlement)
        assert item["product"]["title_zh"] == "水墨山水"
        assert item["history"][0]["act"] == "granted"
    assert [item["id"] for item in shop.get("/entitlements", shop.operator).json["items"]] == [str(entitlement)]
    assert shop.get(f"/entitlements?person_id={new_id()}", shop.operator).json["items"] == []
    assert shop.get("/entitlements?order_id=x", shop.operator).status_code == 422
    revoked = shop.post(f"/entitlements/{entitlement}/revocation", shop.operator, json={"reason": "licence broken"})
    assert revoked.json["state"] == "revoked"
    again = shop.post(f"/entitlements/{entitlement}/revocation", shop.operator, json={"reason": "again"})
    assert again.status_code == 409
    assert shop.get(f"/access?product_id={pack.id}", buyer).json["access"] is False
