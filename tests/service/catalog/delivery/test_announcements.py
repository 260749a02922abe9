"""Those who own a product hear of a new version, each once."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from services.catalog.domain.announcements import Announcement
from services.catalog.domain.products import Product
from services.catalog.domain.versions import Version
from services.catalog.usecases import tell_holders as telling
from services.catalog.usecases.announce_version import ANNOUNCE, announce_bundle_parts, announce_version
from services.catalog.usecases.tell_holders import tell_holders
from shared.messaging.timers import Timer, TimerRow
from tests.service.catalog.delivery.shop import Given, Pack, Shop, refunded
from tests.unit.files.making import lora_file


def notices(shop: Shop) -> list[dict[str, Any]]:
    return shop.told("catalog.notice.wanted.v1")


def announced(shop: Shop, pack: Pack, note: str = "更清晰") -> Timer:
    newer = shop.release(pack, [Given("2.safetensors", lora_file(rank=16))], note=note)
    with shop.service.database.transaction() as session:
        announce_version(session, session.get_one(Version, newer.version_id), shop.clock.now())
    return due(shop)


def due(shop: Shop) -> Timer:
    with shop.service.database.transaction() as session:
        return session.scalars(select(TimerRow).where(TimerRow.kind == ANNOUNCE)).one().to_timer()


def test_every_holder_is_told_once_and_nobody_else(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "BATCH", 2)
    pack, other = shop.publish(), shop.publish("别的")
    bundle = shop.publish("合集", kind="bundle", parts=[pack])
    shop.clock.advance(timedelta(minutes=1))
    buyers = [shop.person(f"buyer {number}") for number in range(5)]
    for buyer in buyers:
        shop.buy(buyer, pack)
    shop.buy(buyers[0], bundle)
    in_bundle = shop.person("bundle buyer")
    shop.buy(in_bundle, bundle)
    gone = shop.person("refunded")
    order, _ = shop.buy(gone, pack)
    shop.hear(refunded(order), "refunded")
    shop.buy(shop.person("elsewhere"), other)

    timer = announced(shop, pack)
    for _ in range(3):  # at least once, as timers are
        tell_holders(shop.service, timer)

    told = notices(shop)
    assert sorted(UUID(one["person_id"]) for one in told) == sorted(one.id for one in (*buyers, in_bundle))
    assert {one["topic"] for one in told} == {"new_version"}
    assert told[0]["facts"]["title"]["zh"] == "水墨山水"
    assert told[0]["facts"]["note"]["zh"] == "更清晰"
    assert len({one["notice_id"] for one in told}) == 6
    assert all(one["url"].startswith("/library/") for one in told)


def test_a_run_that_broke_off_goes_on_where_it_stopped(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "BATCH", 2)
    pack = shop.publish()
    for number in range(5):
        shop.buy(shop.person(f"buyer {number}"), pack)
    timer = announced(shop, pack)
    real, runs = telling._tell_batch, []

    def break_off(*args: Any) -> bool:
        runs.append(1)
        if len(runs) == 2:
            raise RuntimeError("the process ends here")
        return real(*args)

    monkeypatch.setattr(telling, "_tell_batch", break_off)
    with pytest.raises(RuntimeError):
        tell_holders(shop.service, timer)
    assert len(notices(shop)) == 2

    tell_holders(shop.service, timer)
    assert len(notices(shop)) == 5
    assert len({one["person_id"] for one in notices(shop)}) == 5


def test_a_first_version_is_no_news(shop: Shop) -> None:
    pack = shop.publish()
    with shop.service.database.transaction() as session:
        announce_version(session, session.get_one(Version, pack.version_id), shop.clock.now())
        assert session.scalars(select(Announcement)).all() == []


def test_holders_of_a_bundle_hear_of_its_new_parts(shop: Shop) -> None:
    one, two = shop.publish("一"), shop.publish("二")
    bundle, buyer = shop.publish("合集", kind="bundle", parts=[one]), shop.person("buyer")
    _, [entitlement] = shop.buy(buyer, bundle)
    with shop.service.database.transaction() as session:
        products = [session.get_one(Product, pack.id) for pack in (bundle, two)]
        announce_bundle_parts(session, products[0], products[1:], shop.clock.now())
    tell_holders(shop.service, due(shop))

    [told] = notices(shop)
    assert (told["topic"], told["url"]) == ("bundle_grew", f"/library/{entitlement}")
    assert told["facts"]["added"] == [{"zh": "二", "en": "Ink landscapes"}]
