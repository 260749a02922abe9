"""The demo's catalogue: complete in both languages, priced, and honest."""

from collections import Counter

import pytest

from deploy.demo.entries import read_entries
from deploy.demo.lora_modules import ARCHITECTURES
from deploy.demo.packs import iter_authors, iter_products, product_named
from deploy.demo.pictures import KINDS
from deploy.demo.products import MARK_EN, MARK_ZH, DemoKind, Outcome

PRODUCTS = tuple(iter_products())
every_product = pytest.mark.parametrize("product", PRODUCTS, ids=lambda product: product.key)


def test_the_shop_has_every_kind_of_product():
    assert len({product.key for product in PRODUCTS}) == len(PRODUCTS) == 30
    counts = Counter(product.kind for product in PRODUCTS)
    assert counts[DemoKind.LORA] >= 14
    assert counts[DemoKind.PROMPT_DICTIONARY] == 6
    assert counts[DemoKind.PRESETS] == 5
    assert counts[DemoKind.BUNDLE] == 3


def test_the_authors_are_three_roles():
    assert [author.email for author in iter_authors()] == [
        "creator@example.test",
        "creator2@example.test",
        "creator3@example.test",
    ]
    assert {product.author for product in PRODUCTS} == set(iter_authors())


def test_each_outcome_that_the_shop_should_show_occurs():
    outcomes = {product.base_model: product.outcome for product in PRODUCTS if product.kind is DemoKind.LORA}
    assert outcomes["flux.1-d"] is Outcome.BLOCKED
    assert outcomes["other"] is Outcome.REVIEW
    assert sum(product.outcome is Outcome.WITHDRAWN for product in PRODUCTS) == 1
    assert sum(product.price == 0 for product in PRODUCTS) == 1
    assert sum(len(product.versions) == 2 for product in PRODUCTS) == 1
    assert {"csv", "json", "markdown", "pdf"} <= {product.format for product in PRODUCTS}


def test_the_pictures_show_nearly_every_kind_and_every_tool():
    samples = [sample for product in PRODUCTS for sample in product.samples]
    assert {sample.kind for sample in samples} == set(KINDS)
    assert {sample.tool for sample in samples} == {"a1111", "comfyui", "fooocus", "novelai"}
    assert {sample.format for sample in samples} == {"png", "jpeg", "webp"}


@every_product
def test_a_product_speaks_both_languages_and_says_that_it_is_a_demo(product):
    texts = (product.title_zh, product.title_en, product.summary_zh, product.summary_en)
    assert all(texts)
    assert all(len(text) > 15 for text in (product.notes_zh, product.notes_en))
    assert all("！" not in text and "!" not in text for text in (product.text_zh, product.text_en))
    assert product.text_zh.endswith(MARK_ZH)
    assert product.text_en.endswith(MARK_EN)
    assert all(version.note_zh and version.note_en for version in product.versions)


@every_product
def test_a_product_has_a_price_of_the_list_tags_and_a_cover(product):
    assert product.price in {0, 990, 1290, 1990, 2990}
    assert product.tags
    assert product.samples


@every_product
def test_a_lora_names_a_base_model_that_its_file_can_be_made_for(product):
    if product.kind is DemoKind.LORA:
        assert product.lora is not None
        assert product.base_model in ARCHITECTURES
        assert 8 <= product.lora.rank <= 64
        assert any(product.lora.trigger in sample.prompt for sample in product.samples)


def test_a_bundle_costs_less_than_its_members_and_comes_after_them():
    keys = [product.key for product in PRODUCTS]
    for bundle in (product for product in PRODUCTS if product.kind is DemoKind.BUNDLE):
        members = [product_named(key) for key in bundle.members]
        assert bundle.price < sum(member.price for member in members)
        assert all(keys.index(member.key) < keys.index(bundle.key) for member in members)
        assert all(member.outcome is Outcome.SOLD for member in members)


def test_a_dictionary_has_at_least_sixty_entries_in_several_groups_and_none_twice():
    for product in PRODUCTS:
        if product.kind is DemoKind.PROMPT_DICTIONARY:
            entries = read_entries(product.entries)
            assert len(entries) >= 60
            assert len({entry.group_en for entry in entries}) >= 5
            assert len({entry.prompt for entry in entries}) == len(entries)
            assert all(entry.zh and max(entry.prompt) < "ɐ" and entry.third for entry in entries)


def test_a_preset_pack_has_at_least_ten_presets():
    for product in PRODUCTS:
        if product.kind is DemoKind.PRESETS:
            presets = read_entries(f"presets_{product.entries}")
            assert len(presets) >= 10
            assert all(preset.third and preset.fourth for preset in presets)
