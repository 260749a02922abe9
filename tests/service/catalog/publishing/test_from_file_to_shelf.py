"""From a creator's file to the shelf, through the API and the worker."""

import io

import pytest
from PIL import Image

from shared.files.labels import read_label
from shared.files.safetensors import hashes
from tests.service.catalog.publishing.studio import Studio, details, picture
from tests.unit.files.making import lora_file

SDXL = {"ss_base_model_version": "sdxl_base_v1-0", "ss_network_dim": "32"}
FLUX = {"ss_base_model_version": "flux1", "modelspec.architecture": "flux-1-dev/lora"}


def test_a_pack_sent_over_a_dropped_connection_reaches_the_shelf_and_orders(studio: Studio) -> None:
    content = lora_file(SDXL)
    product = studio.begin()
    studio.add_file(product, content, "江南.safetensors", cut_at=len(content) // 2)
    studio.add_picture(product)
    studio.done("PATCH", f"/products/{product['id']}", details())
    studio.work()
    [file] = studio.look(product)["versions"][0]["files"]
    assert (file["state"], file["autov3"]) == ("ready", hashes(io.BytesIO(content)).autov3)
    assert studio.look(product)["versions"][0]["base_model"]["name"] == "SDXL 1.0"

    assert studio.publish(product).status_code == 202
    studio.work()

    assert studio.look(product)["state"] == "published"
    [offer] = studio.events("catalog.offer.published.v1")
    assert (offer["offer_id"], offer["price"], offer["version"]) == (product["id"], 1990, 1)
    found = studio.client.get("/products?q=水墨").json
    assert found is not None
    assert [one["id"] for one in found["items"]] == [product["id"]]


def test_every_picture_is_served_labelled_and_without_its_prompts(studio: Studio) -> None:
    product = studio.complete()
    [shown] = product["pictures"]
    assert shown["generation"]["prompt"].startswith("ink mountains")
    assert shown["generation"]["loras"][0]["hash"] == "1234abcd5678"
    served = studio.client.get(shown["urls"]["large"].removeprefix("/api/catalog"))
    assert "immutable" in served.headers["Cache-Control"]
    image = Image.open(io.BytesIO(served.data))
    label = read_label(image)
    assert label is not None
    assert label.content_propagator == "画坊 Huafang"
    assert b"ink mountains" not in served.data
    again = studio.client.get(
        shown["urls"]["large"].removeprefix("/api/catalog"), headers={"If-None-Match": served.headers["ETag"]}
    )
    assert again.status_code == 304


def test_a_base_model_that_forbids_sale_can_only_be_given_away(studio: Studio) -> None:
    product = studio.complete(lora_file(FLUX))
    refused = studio.publish(product)
    assert (refused.status_code, refused.json["type"]) == (422, "urn:huafang:problem:sale-not-allowed")
    studio.done("PATCH", f"/products/{product['id']}", {"price": 0})
    assert studio.publish(product).status_code == 202
    studio.work()
    assert studio.look(product)["state"] == "published"


@pytest.mark.parametrize(("decision", "state", "offers"), [("approve", "published", 1), ("reject", "rejected", 0)])
def test_what_is_doubtful_waits_for_an_operator(studio: Studio, decision: str, state: str, offers: int) -> None:
    product = studio.complete(lora_file({}), tags=["disney"])
    studio.done("PATCH", f"/versions/{product['versions'][0]['id']}", {"base_model": "pony"})
    studio.publish(product)
    studio.work()
    operator = studio.as_somebody("operator")
    [review] = studio.done("GET", "/reviews", headers=operator)["items"]
    assert "keyword" in {reason["code"] for reason in review["reasons"]}
    assert studio.ask("GET", "/reviews").status_code == 403
    studio.done("POST", f"/reviews/{review['id']}/decision", {"decision": decision, "note": "看过了"}, operator)
    again = studio.ask("POST", f"/reviews/{review['id']}/decision", {"decision": decision}, operator)
    assert again.status_code == 409
    assert studio.look(product)["state"] == state
    assert len(studio.events("catalog.offer.published.v1")) == offers


def test_a_change_of_price_grows_the_offer_and_a_withdrawal_ends_it(studio: Studio) -> None:
    product = studio.complete()
    studio.publish(product)
    studio.work()
    studio.done("PATCH", f"/products/{product['id']}", {"price": 990})
    studio.done("PATCH", f"/products/{product['id']}", {"price": 990})
    prices = [(offer["version"], offer["price"]) for offer in studio.events("catalog.offer.published.v1")]
    assert prices == [(1, 1990), (2, 990)]
    studio.done("POST", f"/products/{product['id']}/withdrawal", {"reason": "重做"})
    [withdrawn] = studio.events("catalog.offer.withdrawn.v1")
    assert withdrawn["version"] == 3
    assert studio.ask("POST", f"/products/{product['id']}/withdrawal", {}).status_code == 409


def test_a_new_version_replaces_what_is_shown_once_it_is_checked(studio: Studio) -> None:
    product = studio.complete()
    studio.publish(product)
    studio.work()
    version = studio.done("POST", f"/products/{product['id']}/versions", {"label": "v2", "note": {"zh": "更稳"}})
    studio.add_file({"versions": [version]}, lora_file(SDXL, rank=16), "ink-v2.safetensors")
    studio.work()
    assert studio.publish(product).status_code == 202
    studio.work()
    shown = studio.client.get(f"/products/{product['id']}").json
    assert shown is not None
    assert [one["number"] for one in shown["versions"]] == [2, 1]


def test_what_is_not_complete_says_what_is_missing(studio: Studio) -> None:
    product = studio.begin()
    refused = studio.publish(product)
    assert refused.status_code == 422
    assert {error["pointer"] for error in refused.json["errors"]} == {"/text", "/pictures", "/files"}


def test_another_creator_sees_and_moves_nothing(studio: Studio) -> None:
    product = studio.complete()
    upload_id = studio.upload(picture(), "mine.png", "picture")
    other = studio.as_somebody("customer", "creator")
    tries = [
        ("GET", f"/my/products/{product['id']}", None),
        ("PATCH", f"/products/{product['id']}", {"price": 500}),
        ("POST", f"/products/{product['id']}/versions", {}),
        ("POST", f"/products/{product['id']}/pictures", {"upload_id": upload_id}),
        ("POST", f"/versions/{product['versions'][0]['id']}/files", {"upload_id": upload_id}),
        ("PATCH", f"/versions/{product['versions'][0]['id']}", {"label": "x"}),
        ("DELETE", f"/pictures/{product['pictures'][0]['id']}", None),
        ("DELETE", f"/files/{product['versions'][0]['files'][0]['id']}", None),
        ("POST", f"/products/{product['id']}/withdrawal", {}),
    ]
    statuses = {f"{method} {path}": studio.ask(method, path, body, other).status_code for method, path, body in tries}
    assert set(statuses.values()) == {404}, statuses


@pytest.mark.parametrize("price", [-1, 1, 499, 10**10, 9.9, "990", True])
def test_a_price_that_cannot_be_is_refused_and_nothing_changes(studio: Studio, price: object) -> None:
    product = studio.begin()
    assert studio.ask("PATCH", f"/products/{product['id']}", {"price": price, "tags": ["x"]}).status_code == 422
    assert studio.look(product)["tags"] == []


@pytest.mark.parametrize(
    ("name", "content", "slug"),
    [
        ("renamed.safetensors", b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00}q\x00.", "pickle-refused"),
        ("cut.safetensors", lora_file(SDXL)[:-10], "safetensors-size"),
        ("lying.safetensors", (10**6).to_bytes(8, "little") + b'{"a":1}' * 9, "safetensors-header-too-long"),
        ("words.safetensors", "提示词,prompt\n光,light\n".encode(), "type-refused"),
        ("page.safetensors", b"<!doctype html><script>alert(1)</script>", "html-refused"),
    ],
)
def test_a_bad_file_is_refused_with_a_reason_and_nothing_of_it_is_kept(
    studio: Studio, name: str, content: bytes, slug: str
) -> None:
    product = studio.begin()
    studio.add_file(product, content, name)
    studio.work()
    [file] = studio.look(product)["versions"][0]["files"]
    assert (file["state"], file["problem"]["slug"]) == ("refused", slug)
    assert list(studio.service.store.keys("catalog/files")) == []
    assert list(studio.service.store.keys("catalog/uploads")) == []


def test_a_picture_of_30000_pixels_a_side_is_refused(studio: Studio) -> None:
    out = io.BytesIO()
    Image.new("1", (30_000, 30_000)).save(out, "PNG")
    product = studio.begin()
    studio.add_picture(product, out.getvalue())
    studio.add_picture(product, b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')
    studio.work()
    slugs = [one["problem"]["slug"] for one in studio.look(product)["pictures"]]
    assert slugs == ["image-too-large", "svg-refused"]
    assert list(studio.service.store.keys("catalog/pictures")) == []


def test_the_same_bytes_under_other_metadata_are_found_to_be_the_same(studio: Studio) -> None:
    first = studio.complete(lora_file(SDXL))
    studio.publish(first)
    studio.work()
    again = studio.complete(lora_file(SDXL | {"ss_output_name": "another"}))
    refused = studio.publish(again)
    assert (refused.status_code, refused.json["type"]) == (409, "urn:huafang:problem:duplicate-file")


def test_a_bundle_names_its_parts_as_works_by_price(studio: Studio) -> None:
    parts = []
    for rank, price in ((8, 1990), (16, 990)):
        part = studio.complete(lora_file(SDXL, rank=rank), price=price)
        studio.publish(part)
        studio.work()
        parts.append(part["id"])
    bundle = studio.begin("bundle", "水墨合集")
    studio.add_picture(bundle)
    studio.done("PATCH", f"/products/{bundle['id']}", details(2490) | {"parts": parts})
    studio.work()
    assert studio.publish(bundle).status_code == 202
    studio.work()
    offer = studio.events("catalog.offer.published.v1")[-1]
    assert [(work["work_id"], work["weight"]) for work in offer["works"]] == list(zip(parts, [1990, 990], strict=True))
