"""Contracts only grow: a sample of every version ever published must load for ever."""

import json
from pathlib import Path

import pytest
from marshmallow import ValidationError

from deploy.events import document
from shared.contracts import CONTRACTS, contract_named

SAMPLES = sorted((Path(__file__).parent / "events").glob("*.json"))
PAGE = Path(__file__).resolve().parents[2] / "docs" / "events.md"


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_published_sample_still_loads(path: Path) -> None:
    contract = contract_named(path.stem)
    assert contract.load(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_what_was_loaded_is_written_again_without_loss(path: Path) -> None:
    contract = contract_named(path.stem)
    body = contract.load(json.loads(path.read_text(encoding="utf-8")))
    assert contract.load(contract.dump(body)) == body


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_a_field_of_tomorrow_is_let_through(path: Path) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    assert contract_named(path.stem).load(data | {"of_tomorrow": True}) == contract_named(path.stem).load(data)


def test_every_contract_has_a_sample() -> None:
    assert {contract.name for contract in CONTRACTS} == {path.stem.partition(".")[2] for path in SAMPLES}


def test_a_price_that_is_no_whole_number_of_fen_never_leaves() -> None:
    offer = contract_named("catalog.offer.published.v1")
    data = json.loads((Path(__file__).parent / "events" / "catalog.offer.published.v1.json").read_text("utf-8"))
    for price in (-1, 9.9, "990", None):
        with pytest.raises(ValidationError):
            offer.load(data | {"price": price})


def test_the_page_of_events_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == document(), "run `make events`"
