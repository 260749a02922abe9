"""A picture that no provider could judge, or that looks doubtful, waits for an operator and is seen by one."""

from typing import Any

import pytest

from services.catalog.domain.moderation import Decision, Label, Verdict
from services.catalog.gateways.moderation import ModerationUnavailable
from services.catalog.gateways.moderation.local import LocalModerator
from tests.service.catalog.publishing.studio import Studio, details
from tests.unit.files.making import lora_file


@pytest.fixture
def doubtful(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    verdict = Verdict("opennsfw", Decision.REVIEW, (Label("nsfw", 0.85),), {"nsfw": 0.85})
    monkeypatch.setattr(LocalModerator, "check_picture", lambda *_: verdict)
    return monkeypatch


def decide(studio: Studio, decision: str) -> list[dict[str, Any]]:
    operator = studio.as_somebody("operator")
    [review] = studio.done("GET", "/reviews", headers=operator)["items"]
    studio.done("POST", f"/reviews/{review['id']}/decision", {"decision": decision, "note": "看过了"}, operator)
    studio.work()
    reasons: list[dict[str, Any]] = review["reasons"]
    return reasons


def states(studio: Studio, product: dict[str, Any]) -> list[str]:
    return [picture["state"] for picture in studio.look(product)["pictures"]]


def publish(studio: Studio, product: dict[str, Any]) -> str:
    assert studio.publish(product).status_code == 202
    studio.work()
    return str(studio.look(product)["state"])


@pytest.mark.usefixtures("doubtful")
def test_an_operator_who_approves_puts_the_held_picture_on_the_shelf(studio: Studio) -> None:
    product = studio.complete()
    assert states(studio, product) == ["held"]
    assert publish(studio, product) == "in_review"
    [reason] = decide(studio, "approve")
    assert reason["code"] == "picture_moderation"
    assert reason["labels"] == [{"code": "nsfw", "score": 0.85, "level": ""}]
    assert (studio.look(product)["state"], states(studio, product)) == ("published", ["ready"])


def test_a_provider_that_is_down_does_not_keep_a_creator_from_publishing(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*_: object) -> Verdict:
        raise ModerationUnavailable("no answer")

    monkeypatch.setattr(LocalModerator, "check_picture", down)
    product = studio.complete()
    assert publish(studio, product) == "in_review"
    decide(studio, "approve")
    assert studio.look(product)["state"] == "published"


@pytest.mark.parametrize(("decision", "expected"), [("approve", "ready"), ("reject", "refused")])
def test_a_doubtful_picture_of_a_product_on_sale_waits_while_the_sale_goes_on(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, decision: str, expected: str
) -> None:
    product = studio.complete()
    assert publish(studio, product) == "published"
    verdict = Verdict("opennsfw", Decision.REVIEW, (Label("nsfw", 0.85),))
    monkeypatch.setattr(LocalModerator, "check_picture", lambda *_: verdict)
    studio.add_picture(product)
    studio.work()
    assert (studio.look(product)["state"], states(studio, product)) == ("published", ["ready", "held"])
    notices = len(studio.events("catalog.notice.wanted.v1"))
    decide(studio, decision)
    assert (studio.look(product)["state"], states(studio, product)) == ("published", ["ready", expected])
    assert len(studio.events("catalog.offer.published.v1")) == 1
    told = [one["topic"] for one in studio.events("catalog.notice.wanted.v1")[notices:]]
    assert told == ([] if decision == "approve" else ["product-rejected"])
    assert studio.done("GET", "/reviews", headers=studio.as_somebody("operator"))["items"] == []


@pytest.mark.usefixtures("doubtful")
def test_a_held_picture_is_seen_by_its_creator_and_operators_alone(studio: Studio) -> None:
    product = studio.begin()
    studio.add_file(product, lora_file(), "ink.safetensors")
    studio.add_picture(product)
    studio.done("PATCH", f"/products/{product['id']}", details())
    studio.work()
    [held] = studio.look(product)["pictures"]
    path = f"/pictures/{held['id']}/card.webp"
    assert studio.client.get(path).status_code == 404
    assert studio.client.get(path, headers=studio.as_somebody("customer")).status_code == 404
    seen = studio.client.get(path, headers=studio.as_somebody("operator"))
    assert (seen.status_code, seen.headers["Cache-Control"]) == (200, "private, no-store")
    assert studio.client.get(path, headers=studio.headers).status_code == 200
