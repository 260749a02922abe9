"""What is on the shelf may be edited, but not into something that could not have been published."""

from typing import Any

import pytest

from tests.service.catalog.publishing.studio import Studio
from tests.unit.files.making import lora_file

FLUX = {"ss_base_model_version": "flux1", "modelspec.architecture": "flux-1-dev/lora"}
PONY = {"ss_base_model_version": "sdxl_base_v1-0"}


def shelved(studio: Studio, product: dict[str, Any]) -> dict[str, Any]:
    assert studio.publish(product).status_code == 202
    studio.work()
    found = studio.look(product)
    assert found["state"] == "published"
    return found


def offers(studio: Studio) -> int:
    return len(studio.events("catalog.offer.published.v1"))


def test_what_may_only_be_given_away_does_not_get_a_price_on_the_shelf(studio: Studio) -> None:
    product = shelved(studio, studio.complete(lora_file(FLUX), price=0))
    refused = studio.ask("PATCH", f"/products/{product['id']}", {"price": 1990})
    assert (refused.status_code, refused.json["type"]) == (422, "urn:huafang:problem:sale-not-allowed")
    assert studio.look(product)["price"] == 0
    assert offers(studio) == 1


def test_a_price_that_an_operator_must_allow_is_not_set_on_the_shelf(studio: Studio) -> None:
    product = studio.complete(lora_file(PONY), price=0)
    studio.done("PATCH", f"/versions/{product['versions'][0]['id']}", {"base_model": "pony"})
    product = shelved(studio, product)
    refused = studio.ask("PATCH", f"/products/{product['id']}", {"price": 1990})
    assert (refused.status_code, refused.json["type"]) == (409, "urn:huafang:problem:sale-needs-review")
    assert studio.look(product)["price"] == 0


def test_a_price_that_an_operator_allowed_may_change_on_the_shelf(studio: Studio) -> None:
    product = studio.complete(lora_file(PONY))
    studio.done("PATCH", f"/versions/{product['versions'][0]['id']}", {"base_model": "pony"})
    studio.publish(product)
    studio.work()
    operator = studio.as_somebody("operator")
    [review] = studio.done("GET", "/reviews", headers=operator)["items"]
    studio.done("POST", f"/reviews/{review['id']}/decision", {"decision": "approve"}, operator)
    studio.done("PATCH", f"/products/{product['id']}", {"price": 0})
    studio.done("PATCH", f"/products/{product['id']}", {"price": 990})
    assert studio.look(product)["price"] == 990


@pytest.mark.parametrize("change", [{"title": {"zh": "", "en": ""}}, {"text": {"zh": "", "en": ""}}])
def test_what_is_on_the_shelf_keeps_a_title_and_a_text(studio: Studio, change: dict[str, Any]) -> None:
    product = shelved(studio, studio.complete())
    refused = studio.ask("PATCH", f"/products/{product['id']}", change)
    assert (refused.status_code, refused.json["type"]) == (422, "urn:huafang:problem:not-complete")
    assert offers(studio) == 1


def test_a_bundle_on_the_shelf_is_not_emptied(studio: Studio) -> None:
    parts = [shelved(studio, studio.complete(lora_file(rank=rank)))["id"] for rank in (8, 16)]
    bundle = studio.begin("bundle", "水墨合集")
    studio.add_picture(bundle)
    studio.done("PATCH", f"/products/{bundle['id']}", {"text": {"zh": "两件"}, "price": 2990, "parts": parts})
    studio.work()
    shelved(studio, bundle)
    refused = studio.ask("PATCH", f"/products/{bundle['id']}", {"parts": parts[:1]})
    assert (refused.status_code, refused.json["type"]) == (422, "urn:huafang:problem:not-complete")
    assert len(studio.look(bundle)["parts"]) == 2
