"""The base model's licence decides a paid sale, by whichever way its file comes to be sold."""

from typing import Any

from tests.service.catalog.publishing.studio import Studio, details
from tests.unit.files.making import lora_file

FLUX = {"ss_base_model_version": "flux1", "modelspec.architecture": "flux-1-dev/lora"}
SDXL = {"ss_base_model_version": "sdxl_base_v1-0"}


def state(studio: Studio, product: dict[str, Any], model: str) -> Any:
    return studio.ask("PATCH", f"/versions/{product['versions'][0]['id']}", {"base_model": model})


def reasons(studio: Studio) -> set[str]:
    reviews = studio.done("GET", "/reviews", headers=studio.as_somebody("operator"))["items"]
    return {reason["code"] for review in reviews for reason in review["reasons"]}


def test_a_sub_family_stated_after_the_upload_counts_as_well(studio: Studio) -> None:
    product = studio.complete(lora_file(SDXL))
    assert state(studio, product, "pony").status_code == 200
    assert studio.look(product)["versions"][0]["base_model"]["key"] == "pony"
    studio.publish(product)
    studio.work()
    assert reasons(studio) == {"licence_unknown"}


def test_a_family_that_the_file_contradicts_cannot_be_stated_after_the_upload(studio: Studio) -> None:
    product = studio.complete(lora_file(FLUX))
    refused = state(studio, product, "sdxl-1.0")
    assert (refused.status_code, refused.json["type"]) == (422, "urn:huafang:problem:base-model-contradicted")


def test_a_sellers_word_alone_does_not_open_a_sale_that_the_file_closes(studio: Studio) -> None:
    product = studio.complete(lora_file(FLUX))
    assert state(studio, product, "flux.1-s").status_code == 200
    assert studio.publish(product).status_code == 202
    studio.work()
    assert studio.look(product)["state"] == "in_review"
    assert reasons(studio) == {"licence_unknown"}


def test_every_file_of_a_version_counts_not_the_last_alone(studio: Studio) -> None:
    product = studio.complete(lora_file(FLUX))
    studio.add_file(product, lora_file(SDXL, rank=8), "second.safetensors")
    studio.work()
    refused = studio.publish(product)
    assert (refused.status_code, refused.json["type"]) == (422, "urn:huafang:problem:sale-not-allowed")


def test_a_bundle_does_not_sell_what_may_only_be_given_away(studio: Studio) -> None:
    parts = []
    for metadata, rank, price in ((FLUX, 8, 0), (SDXL, 16, 1990)):
        part = studio.complete(lora_file(metadata, rank), price=price)
        studio.publish(part)
        studio.work()
        parts.append(part["id"])
    bundle = studio.begin("bundle", "水墨合集")
    studio.add_picture(bundle)
    studio.done("PATCH", f"/products/{bundle['id']}", details(2490) | {"parts": parts})
    studio.work()
    refused = studio.publish(bundle)
    assert (refused.status_code, refused.json["type"]) == (422, "urn:huafang:problem:sale-not-allowed")
