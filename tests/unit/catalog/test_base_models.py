"""The table of base models, what a seller may state beside a file's header, and the licence's gate."""

from datetime import date

import pytest

from services.catalog.domain.base_models import (
    Allowed,
    BaseModelContradicted,
    UnknownBaseModel,
    agree,
    base_model,
    base_models,
    from_header,
)
from services.catalog.domain.licence_gate import licence_gate
from services.catalog.domain.moderation import Decision

TODAY = date(2026, 11, 24)


def test_every_base_model_has_a_licence_a_family_and_a_rule_with_its_source() -> None:
    for model in base_models().values():
        assert model.name
        assert model.family
        assert model.licence
        assert model.rule(TODAY).source


def test_no_trainers_word_names_two_base_models() -> None:
    words = [word for model in base_models().values() for word in model.header_names]
    assert len(words) == len(set(words))


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("sdxl_base_v1-0", "sdxl-1.0"),
        ("stable-diffusion-xl-v1-base/lora", "sdxl-1.0"),
        ("sd_v1", "sd-1.5"),
        ("flux-1-dev/lora", "flux.1-d"),
        ("flux-1-schnell/lora", "flux.1-s"),
    ],
)
def test_what_trainers_write_is_understood(word: str, key: str) -> None:
    model = from_header(word)
    assert model is not None
    assert model.key == key


def test_a_word_nobody_knows_names_nothing() -> None:
    assert from_header("my-own-thing") is None
    with pytest.raises(UnknownBaseModel):
        base_model("my-own-thing")


@pytest.mark.parametrize("key", ["pony", "illustrious", "noobai"])
def test_a_seller_may_name_the_sub_family_that_a_header_cannot_tell(key: str) -> None:
    assert agree(base_model(key), from_header("sdxl_base_v1-0")) == base_model(key)


def test_a_seller_may_not_contradict_the_family_of_the_file() -> None:
    with pytest.raises(BaseModelContradicted):
        agree(base_model("flux.1-s"), from_header("sdxl_base_v1-0"))


def test_where_one_side_is_silent_the_other_is_believed() -> None:
    assert agree(None, base_model("sd-1.5")) == base_model("sd-1.5")
    assert agree(base_model("sd-1.5"), None) == base_model("sd-1.5")
    assert agree(None, None) is None


@pytest.mark.parametrize(
    ("key", "decision"),
    [
        ("sd-1.5", Decision.PASS),
        ("sdxl-1.0", Decision.PASS),
        ("flux.1-s", Decision.PASS),
        ("flux.1-d", Decision.BLOCK),
        ("anima", Decision.BLOCK),
        ("pony", Decision.REVIEW),
        ("other", Decision.REVIEW),
    ],
)
def test_the_licence_decides_a_paid_sale(key: str, decision: Decision) -> None:
    answer = licence_gate(base_model(key), 500, TODAY)
    assert answer.decision is decision
    assert answer.source


@pytest.mark.parametrize("key", sorted(base_models()))
def test_what_is_given_away_is_no_sale(key: str) -> None:
    assert licence_gate(base_model(key), 0, TODAY).decision is Decision.PASS


def test_a_paid_pack_for_an_unknown_base_model_is_for_a_person_to_judge() -> None:
    assert licence_gate(None, 500, TODAY).decision is Decision.REVIEW


def test_before_its_first_rule_nothing_is_known_of_a_base_model() -> None:
    assert base_model("sd-1.5").rule(date(2020, 1, 1)).allowed is Allowed.UNKNOWN
