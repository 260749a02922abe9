"""Search in two languages with slips, facets, order, and pages of the shelf."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from sqlalchemy import event

from services.catalog.domain.products import Product, ProductState
from services.catalog.usecases.reindex import reindex
from shared.pagination import encode_cursor
from tests.service.catalog.delivery.shop import Pack, Shop


def find(shop: Shop, **asked: Any) -> dict[str, Any]:
    answer = shop.get(f"/products?{urlencode(asked, doseq=True)}")
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


def titles(found: dict[str, Any]) -> list[str]:
    return [item["title"]["zh"] for item in found["items"]]


def counts(found: dict[str, Any], facet: str) -> dict[Any, int]:
    return {value["value"]: value["count"] for value in found["facets"][facet] if value["count"]}


def fill(shop: Shop) -> dict[str, Pack]:
    packs = {
        "ink": shop.publish(
            "水墨山水风格", "Ink wash landscapes", tags=["水墨", "watercolour"], price=2900, text_zh="写意的远山"
        ),
        "portrait": shop.publish("电影感人像", "Cinematic portraits", tags=["portrait"], price=9900, sell_images=True),
        "neon": shop.publish("霓虹夜城", "Neon city", base_model="flux.1-s", price=0, credit_required=False),
        "words": shop.publish("國風提示詞大全", "Guofeng prompts", kind="prompt_dictionary", price=1000, files=[]),
    }
    packs["all"] = shop.publish(
        "全部合集", "Everything", kind="bundle", parts=[packs["ink"], packs["neon"]], price=12000
    )
    return packs


@pytest.fixture
def shelf(shop: Shop) -> dict[str, Pack]:
    return fill(shop)


@pytest.fixture(scope="module")
def filled(lasting_shop: Shop) -> Shop:
    fill(lasting_shop)
    return lasting_shop


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("水墨", "水墨山水风格"),
        ("山水", "水墨山水风格"),
        ("墨山", "水墨山水风格"),
        ("水墨 山水", "水墨山水风格"),
        ("远山", "水墨山水风格"),
        ("國風", "國風提示詞大全"),
        ("国风", "國風提示詞大全"),
        ("提示词", "國風提示詞大全"),
        ("landscape", "水墨山水风格"),
        ("Landscapes of ink", "水墨山水风格"),
        ("INK", "水墨山水风格"),
        ("portr", "电影感人像"),
        ("ｃｉｎｅｍａｔｉｃ", "电影感人像"),
        ("flux", "霓虹夜城"),
    ],
)
def test_words_of_either_language_are_found(filled: Shop, query: str, expected: str) -> None:
    found = find(filled, q=query)
    assert expected in titles(found)
    assert found["corrected_query"] is None


@pytest.mark.parametrize(
    ("query", "corrected", "expected"),
    [
        ("landscpe", "landscape", "水墨山水风格"),
        ("watercolor", "watercolour", "水墨山水风格"),
        ("cinemtaic", "cinematic", "电影感人像"),
        ("neon ctiy", "neon city", "霓虹夜城"),
        ("水默山水", "水墨山水", "水墨山水风格"),
        ("霓红夜城", "霓虹夜城", "霓虹夜城"),
    ],
)
def test_a_slip_is_corrected_and_said(filled: Shop, query: str, corrected: str, expected: str) -> None:
    found = find(filled, q=query)
    assert expected in titles(found)
    assert found["total"] >= 1
    assert found["corrected_query"].startswith(corrected)


@pytest.mark.parametrize(
    "query",
    [
        "%",
        "_",
        "' OR 1=1 --",
        '"; DROP TABLE listings;',
        "{{7*7}}",
        "<script>alert(1)</script>",
        "a & | ! :* <-> (",
        "\\",
        "(((((",
        "\u202eevil\u202c",
        "\u200b\u200b",
        "🎨🎨🎨",
        "的",
        " ",
        "a" * 200,
        "水" * 200,
        " ".join(f"w{i}" for i in range(40)),
        "\ud7a3\u0300\u0301",
    ],
)
def test_whatever_is_typed_gets_an_answer(filled: Shop, query: str) -> None:
    assert filled.get(f"/products?{urlencode({'q': query})}").status_code == 200


@pytest.mark.parametrize(
    "asked",
    [
        {"q": "x" * 100_000},
        {"q": "x" * 201},
        {"limit": 0},
        {"limit": -1},
        {"limit": 10**9},
        {"limit": "ten"},
        {"sort": "cheapest"},
        {"kind": "pickle"},
        {"permission": "everything"},
        {"price_max": -1},
        {"price_max": 10**18},
        {"creator": "me"},
        {"page": 2},
    ],
)
def test_a_question_that_makes_no_sense_is_refused(lasting_shop: Shop, asked: dict[str, Any]) -> None:
    answer = lasting_shop.get(f"/products?{urlencode(asked)}")
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"].startswith("/" + next(iter(asked)))


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%%%",
        encode_cursor(["newest", 5, "x"]),
        encode_cursor(["newest", "2026-01-01", "x"]),
        encode_cursor(["newest", "2026-01-01T00:00:00", "00000000-0000-0000-0000-000000000000"]),
        encode_cursor(["price", "2026-01-01T00:00:00+00:00", "00000000-0000-0000-0000-000000000000"]),
        encode_cursor(["newest"]),
    ],
)
def test_a_forged_cursor_is_refused(lasting_shop: Shop, cursor: str) -> None:
    assert lasting_shop.get(f"/products?{urlencode({'cursor': cursor})}").status_code == 400
    big = encode_cursor(["price", 2**70, "00000000-0000-0000-0000-000000000000"])
    assert lasting_shop.get(f"/products?{urlencode({'sort': 'price', 'cursor': big})}").status_code == 400


def test_each_facet_is_counted_without_its_own_filter(filled: Shop) -> None:
    found = find(filled)
    assert found["total"] == 5
    assert counts(found, "kind") == {"lora": 3, "prompt_dictionary": 1, "bundle": 1}
    assert counts(found, "base_model") == {"sdxl-1.0": 3, "flux.1-s": 2}
    assert counts(found, "family") == {"sdxl": 3, "flux1": 2}
    assert counts(found, "price") == {0: 1, 1000: 2, 3000: 3, 10000: 4}
    assert counts(found, "permission") == {"sell_images": 1, "no_credit": 1}

    found = find(filled, kind="lora", family="sdxl")
    assert found["total"] == 2
    assert counts(found, "kind") == {"lora": 2, "bundle": 1}
    assert counts(found, "family") == {"sdxl": 2, "flux1": 1}
    assert counts(found, "base_model") == {"sdxl-1.0": 2}
    assert counts(found, "price") == {3000: 1, 10000: 2}

    found = find(filled, price_max=1000)
    assert found["total"] == 2
    assert counts(found, "price") == {0: 1, 1000: 2, 3000: 3, 10000: 4}
    assert counts(found, "kind") == {"lora": 1, "prompt_dictionary": 1}

    assert titles(find(filled, free="true")) == ["霓虹夜城"]
    assert titles(find(filled, permission="sell_images")) == ["电影感人像"]
    assert find(filled, permission=["sell_images", "no_credit"])["total"] == 0


def test_the_shelf_is_ordered_as_asked(shop: Shop, shelf: dict[str, Pack]) -> None:
    for name, times in (("portrait", 3), ("neon", 2), ("ink", 1)):
        for number in range(times):
            shop.buy(shop.person(f"{name} {number}"), shelf[name])

    assert titles(find(shop, sort="newest"))[:2] == ["全部合集", "國風提示詞大全"]
    assert titles(find(shop, sort="best_selling"))[:3] == ["电影感人像", "霓虹夜城", "水墨山水风格"]
    assert titles(find(shop, sort="price"))[:3] == ["霓虹夜城", "國風提示詞大全", "水墨山水风格"]
    assert titles(find(shop, q="水墨", sort="relevance"))[0] == "水墨山水风格"


@pytest.mark.parametrize("sort", ["newest", "best_selling", "price", "relevance"])
def test_pages_show_each_product_once(shop: Shop, sort: str) -> None:
    packs = [shop.publish(f"山水 {number}", price=number % 3 * 100) for number in range(11)]
    seen, cursor = [], None
    for _ in range(10):
        asked = {"q": "山水", "sort": sort, "limit": 3} | ({"cursor": cursor} if cursor else {})
        found = find(shop, **asked)
        seen += [item["id"] for item in found["items"]]
        cursor = found["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(str(pack.id) for pack in packs)
    assert len(seen) == 11


def test_a_cursor_belongs_to_its_order(shop: Shop) -> None:
    for number in range(3):
        shop.publish(f"山水 {number}")
    cursor = find(shop, sort="price", limit=1)["next_cursor"]
    assert shop.get(f"/products?{urlencode({'sort': 'best_selling', 'cursor': cursor})}").status_code == 400


def test_a_withdrawn_product_leaves_the_shelf_with_its_change(shop: Shop, shelf: dict[str, Pack]) -> None:
    with shop.service.database.transaction() as session:
        session.get_one(Product, shelf["ink"].id).state = ProductState.WITHDRAWN
        reindex(session, shelf["ink"].id)
    assert find(shop, q="水墨山水")["total"] == 0
    assert shop.get(f"/products/{shelf['ink'].slug}").status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_shelf(shop: Shop, shelf: dict[str, Pack]) -> None:
    asked: list[str] = []
    event.listen(shop.service.database.engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    find(shop, limit=1)
    assert len(asked) <= 4
    counts = []
    for limit in (1, 100):
        asked.clear()
        find(shop, limit=limit)
        counts.append(len(asked))
    assert counts == [3, 3]
    for path in (
        f"/products/{shelf['ink'].id}",
        f"/products/{shelf['all'].id}",
        f"/products/{shelf['ink'].id}/similar",
    ):
        asked.clear()
        assert shop.get(path).status_code == 200
        assert len(asked) <= 12, path


def test_an_unchanged_page_is_not_sent_again(shop: Shop, shelf: dict[str, Pack]) -> None:
    for path in ("/products", f"/products/{shelf['ink'].slug}"):
        first = shop.get(path)
        again = shop.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.data) == (304, b"")
        shop.buy(shop.person(f"buyer of {path}"), shelf["ink"])
        assert shop.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_product_page_holds_what_a_buyer_asks(shop: Shop, shelf: dict[str, Pack]) -> None:
    page = shop.get(f"/products/{shelf['ink'].slug}").json

    assert page["id"] == str(shelf["ink"].id)
    assert page["title"] == {"zh": "水墨山水风格", "en": "Ink wash landscapes"}
    assert page["creator"]["display_name"] == "Creator"
    assert (page["price"], page["currency"], page["can_buy"], page["why_not"]) == (2900, "CNY", True, None)
    assert page["offer_id"]
    assert {line["key"]: line["allowed"] for line in page["permission_lines"]} == {
        "no_credit": False,
        "sell_images": False,
        "commercial_use": False,
        "derivatives": False,
        "redistribute": False,
    }
    [version] = page["versions"]
    [file] = version["files"]
    assert (file["format"], file["autov3"]) == ("safetensors", file["autov3"].upper())
    assert not {"key", "creator_id", "upload_id"} & set(file)
    assert page["base_model"]["name"] == "SDXL 1.0"
    assert {one["name"]: one["runs"] for one in page["runs_on"]["interfaces"]}["ComfyUI"] is True

    bundle = shop.get(f"/products/{shelf['all'].id}").json
    assert {part["title"]["zh"] for part in bundle["parts"]} == {"水墨山水风格", "霓虹夜城"}
    assert bundle["formats"] == ["safetensors"]
    assert bundle["size"] == 2 * len(shelf["ink"].contents[0])
    assert shop.get("/products/no-such-pack").status_code == 404


def test_a_withdrawn_page_is_for_those_who_had_it(shop: Shop, shelf: dict[str, Pack]) -> None:
    buyer = shop.person("buyer")
    shop.buy(buyer, shelf["all"])
    with shop.service.database.transaction() as session:
        session.get_one(Product, shelf["ink"].id).state = ProductState.WITHDRAWN
        reindex(session, shelf["ink"].id)
    path = f"/products/{shelf['ink'].id}"

    assert shop.get(path).status_code == 404
    assert shop.get(path, shop.person("stranger")).status_code == 404
    for reader in (buyer, shop.person("creator"), shop.operator):
        page = shop.get(path, reader)
        assert page.status_code == 200
        assert (page.json["can_buy"], page.json["why_not"]) == (False, "withdrawn")
        assert page.headers["Cache-Control"].startswith("private")


def test_similar_products_share_tags_and_family(shop: Shop) -> None:
    ink = shop.publish("水墨", tags=["ink", "mountain"])
    near = shop.publish("水墨二", tags=["ink", "mountain"], creator="another")
    shop.publish("霓虹", tags=["neon"], base_model="flux.1-s", creator="third")
    items = shop.get(f"/products/{ink.slug}/similar").json["items"]
    assert items[0]["id"] == str(near.id)
    assert str(ink.id) not in {item["id"] for item in items}


def test_a_file_is_found_by_any_of_its_hashes(shop: Shop, shelf: dict[str, Pack]) -> None:
    file = shop.get(f"/products/{shelf['ink'].slug}").json["versions"][0]["files"][0]
    for kind in ("sha256", "autov2", "autov3"):
        for text in (file[kind].lower(), file[kind].upper()):
            found = shop.get(f"/models/by-hash/{text}").json["items"]
            assert found[0]["by"] == kind
            assert found[0]["file"]["sha256"] == file["sha256"]
    for text in ("0" * 64, "xyz", "%27", "0" * 11, "g" * 12):
        assert shop.get(f"/models/by-hash/{text}").status_code == 404


def test_compatibility_is_answered_for_a_set_up(shop: Shop, shelf: dict[str, Pack]) -> None:
    asked = {"product_id": shelf["ink"].id, "base_model": "pony", "vram_gb": 6, "ui": "AUTOMATIC1111 WebUI"}
    found = shop.get(f"/compatibility?{urlencode(asked)}").json
    assert found["loads"] == "differs"
    assert found["interfaces"] == [{"name": "AUTOMATIC1111 WebUI", "runs": True, "since": "1.5.0"}]
    assert [(one["precision"], one["fits"]) for one in found["memory"]] == [("16-bit", False), ("8-bit", True)]
    assert found["estimate"] is True

    for wrong in (
        {"product_id": "x"},
        {"product_id": shelf["ink"].id, "vram_gb": -1},
        asked | {"ui": "Paint"},
        {},
    ):
        assert shop.get(f"/compatibility?{urlencode(wrong)}").status_code == 422


def test_sales_count_what_was_not_taken_back(shop: Shop, shelf: dict[str, Pack]) -> None:
    shop.clock.advance(timedelta(minutes=1))
    shop.buy(shop.person("buyer"), shelf["ink"])
    with shop.service.database.transaction() as session:
        reindex(session, shelf["ink"].id)
    [item] = find(shop, q="水墨山水", kind="lora")["items"]
    assert item["sales"] == 1
