"""The catalogue of the demo shop, read from the tables beside it."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from deploy.demo.products import Author, DemoKind, DemoProduct, DemoVersion, LoraPlan, Outcome, Permissions, Sample

CATALOGUE = Path(__file__).parent / "catalogue"
_TABLES = (
    ("lora", DemoKind.LORA),
    ("dictionaries", DemoKind.PROMPT_DICTIONARY),
    ("presets", DemoKind.PRESETS),
    ("bundles", DemoKind.BUNDLE),
)
# Four by five, as the shop's cards are, at a size each base model is at home with.
_SMALL, _LARGE = (640, 800), (768, 960)


def iter_products() -> Iterable[DemoProduct]:
    """Every product of the demo; a bundle comes after all of its members."""
    return _products()


def iter_authors() -> Iterable[Author]:
    """The three creators of the demo."""
    return tuple(_authors().values())


def product_named(key: str) -> DemoProduct:
    """The product with this key; raises `KeyError`."""
    return {product.key: product for product in _products()}[key]


@cache
def _authors() -> dict[str, Author]:
    return {entry["email"]: Author(**entry) for entry in _table("authors")["authors"]}


@cache
def _products() -> tuple[DemoProduct, ...]:
    return tuple(_product(kind, entry) for name, kind in _TABLES for entry in _table(name)["products"])


def _table(name: str) -> dict[str, Any]:
    return tomllib.loads((CATALOGUE / f"{name}.toml").read_text(encoding="utf-8"))


def _product(kind: DemoKind, entry: dict[str, Any]) -> DemoProduct:
    words = {name: entry[name].strip() for name in _WORDS}
    return DemoProduct(
        key=entry["key"],
        kind=kind,
        author=_authors()[entry["author"]],
        **words,
        tags=tuple(entry["tags"]),
        price=entry["price"],
        base_model=entry.get("base_model"),
        permissions=Permissions(**entry["permissions"]),
        versions=tuple(DemoVersion(**version) for version in entry["versions"]),
        samples=tuple(_sample(entry, sample) for sample in entry["samples"]),
        lora=_plan(entry["lora"]) if "lora" in entry else None,
        entries=entry.get("entries"),
        format=entry.get("format"),
        members=tuple(entry.get("members", ())),
        outcome=Outcome(entry.get("outcome", Outcome.SOLD)),
        ai_label=entry.get("ai_label", False),
    )


_WORDS = ("title_zh", "title_en", "summary_zh", "summary_en", "notes_zh", "notes_en")


def _plan(entry: dict[str, Any]) -> LoraPlan:
    return LoraPlan(**entry | {"tags": tuple(entry["tags"])})


def _sample(product: dict[str, Any], entry: dict[str, Any]) -> Sample:
    kind, _, seed = entry["picture"].partition(":")
    model = entry.get("model", product.get("model", ""))
    width, height = _SMALL if model.startswith("v1-5") else _LARGE
    return Sample(
        kind=kind,
        picture_seed=int(seed),
        tool=entry["tool"],
        format=entry["format"],
        prompt=entry["prompt"],
        negative=entry.get("negative", product.get("negative", "")),
        steps=entry["steps"],
        sampler=entry["sampler"],
        schedule=entry["schedule"],
        cfg=entry["cfg"],
        seed=entry["seed"],
        model=model,
        width=width,
        height=height,
    )
