"""Base models, their families and licences, and whether a pack made for one may be sold.

The table is data (`data/base_models.json`), each rule with the day it holds from and its source.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from shared.problems import Invalid

TABLE = Path(__file__).parent.parent / "data" / "base_models.json"
OTHER = "other"


class Allowed(StrEnum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class UnknownBaseModel(Invalid):
    slug, title = "unknown-base-model", "This base model is not in the list"


class BaseModelContradicted(Invalid):
    slug, title = "base-model-contradicted", "The file says that it was made for another base model"


@dataclass(frozen=True)
class SaleRule:
    """From `valid_from` on, a paid sale is allowed, not allowed, or for a person to judge."""

    valid_from: date
    allowed: Allowed
    source: str


@dataclass(frozen=True)
class BaseModel:
    """`family` groups the models whose LoRAs load on each other; `header_names` are what trainers write."""

    key: str
    name: str
    family: str
    licence: str
    licence_url: str
    header_names: frozenset[str]
    rules: tuple[SaleRule, ...]

    def rule(self, on: date) -> SaleRule:
        """The rule that holds on a day; before the first one, nothing is known."""
        held = [rule for rule in self.rules if rule.valid_from <= on]
        return max(held, key=lambda rule: rule.valid_from, default=SaleRule(on, Allowed.UNKNOWN, "no rule yet"))


@cache
def base_models() -> dict[str, BaseModel]:
    """Every known base model by its key, in the order they are shown."""
    entries = json.loads(TABLE.read_text(encoding="utf-8"))
    return {
        entry["key"]: BaseModel(
            key=entry["key"],
            name=entry["name"],
            family=entry["family"],
            licence=entry["licence"],
            licence_url=entry["licence_url"],
            header_names=frozenset(entry["header_names"]),
            rules=tuple(
                SaleRule(date.fromisoformat(rule["valid_from"]), Allowed(rule["allowed"]), rule["source"])
                for rule in entry["commercial_sale"]
            ),
        )
        for entry in entries
    }


def base_model(key: str) -> BaseModel:
    """The base model with this key; raises UnknownBaseModel (422)."""
    found = base_models().get(key)
    if found is None:
        raise UnknownBaseModel(errors=[{"pointer": "/base_model", "detail": "Unknown base model."}])
    return found


def from_header(name: str) -> BaseModel | None:
    """The base model that a trainer's word names (`sdxl_base_v1-0`, `flux-1-dev/lora`), if it is known."""
    word = name.strip().lower().removesuffix("/lora")
    return next((model for model in base_models().values() if word in model.header_names), None)


def detected_in(facts: Mapping[str, Any]) -> BaseModel | None:
    """The base model that a LoRA file's own facts name (`base_model` as it is shown, or `architecture`)."""
    named = next((model for model in base_models().values() if model.name == facts.get("base_model")), None)
    return named or from_header(str(facts.get("architecture") or ""))


def agree(stated: BaseModel | None, detected: BaseModel | None) -> BaseModel | None:
    """The base model of a file: the seller may name the sub-family (Pony, Illustrious) that a header cannot
    tell, and never contradict the family that it does tell; raises BaseModelContradicted (422)."""
    if stated is None or detected is None:
        return stated or detected
    if stated.key == OTHER:
        return stated  # a model that is not in the table: a person judges its licence, whatever the header says
    if stated.family != detected.family:
        raise BaseModelContradicted(
            f"Its header says {detected.name}; {stated.name} is of another family.",
            errors=[{"pointer": "/base_model", "detail": f"The file's header says {detected.name}."}],
        )
    return stated
