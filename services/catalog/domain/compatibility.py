"""Will it run on my set-up? Answered from the file's header: base-model family, rank, number type and size.

What is known of programs and model sizes is data (`data/runtimes.json`), each entry with its source.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from services.catalog.domain.base_models import BaseModel, base_models

TABLE = Path(__file__).parent.parent / "data" / "runtimes.json"
GIB = 1024**3
BYTES_PER_WEIGHT = {"16-bit": 2, "8-bit": 1}


class Loads(StrEnum):
    """`differs`: same family, other sub-model: it loads, and the pictures may come out differently."""

    YES = "yes"
    DIFFERS = "differs"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class ModelSize:
    """Weights in thousand millions: of the part that denoises and of the text encoders; `side` in pixels."""

    denoiser: float
    encoders: float
    side: int
    of_models: Mapping[str, float]


@dataclass(frozen=True)
class Interface:
    """A program and the families it runs, each with the first version that does (None: not known), and those
    it is known not to run."""

    name: str
    families: Mapping[str, str | None]
    not_families: frozenset[str]


@dataclass(frozen=True)
class RunsOn:
    """A program, whether it runs this family, and from which version on; None is what is not known."""

    name: str
    runs: bool | None
    since: str | None


@dataclass(frozen=True)
class Memory:
    """GiB of video memory by weight precision; an estimate, never a promise."""

    precision: str
    gib: float
    fits: bool | None


@dataclass(frozen=True)
class Compatibility:
    loads: Loads
    interfaces: list[RunsOn]
    memory: list[Memory]


@cache
def _table() -> tuple[dict[str, ModelSize], list[Interface]]:
    data = json.loads(TABLE.read_text(encoding="utf-8"))
    sizes = {
        entry["family"]: ModelSize(entry["denoiser"], entry["encoders"], entry["side"], entry.get("of_models", {}))
        for entry in data["families"]
    }
    interfaces = [
        Interface(entry["name"], entry["families"], frozenset(entry.get("not", ()))) for entry in data["interfaces"]
    ]
    return sizes, interfaces


def interface_names() -> list[str]:
    """The programs we know something of."""
    return [interface.name for interface in _table()[1]]


def answer(model: str | None, size: int, *, asked: str | None = None, vram: float | None = None) -> Compatibility:
    """What is known of a LoRA for base model `model` whose file has `size` bytes.

    `asked` is the base model that somebody has, `vram` their card's memory in GiB. Keys that are not in the
    list of base models give `unknown`, never an error.
    """
    known = base_models().get(model or "")
    family = known.family if known else ""
    return Compatibility(
        loads=_loads(known, base_models().get(asked or "")),
        interfaces=[RunsOn(one.name, _runs(one, family), one.families.get(family)) for one in _table()[1]],
        memory=estimate_memory(known, size, vram) if known else [],
    )


def _loads(made_for: BaseModel | None, has: BaseModel | None) -> Loads:
    if made_for is None or has is None or "other" in (made_for.family, has.family):
        return Loads.UNKNOWN
    if made_for.key == has.key:
        return Loads.YES
    return Loads.DIFFERS if made_for.family == has.family else Loads.NO


def _runs(interface: Interface, family: str) -> bool | None:
    if family in interface.families:
        return True
    return False if family in interface.not_families else None


def estimate_memory(model: BaseModel, size: int, vram: float | None) -> list[Memory]:
    """Peak video memory for one picture at the family's own size, batch 1:

        max(denoiser x bytes + LoRA + work, encoders x bytes),  work = 0.8 GiB + 1.2 GiB per megapixel

    Encoders and denoiser are taken to be loaded one after the other, as every listed program does by
    default. The work term is a rule of thumb (about 20 % either way); the LoRA counts with its file's size.
    Empty where the family's size is not known.
    """
    known = _table()[0].get(model.family)
    if known is None:
        return []
    work = (0.8 + 1.2 * known.side**2 / 1e6) * GIB
    denoiser = known.of_models.get(model.key, known.denoiser)
    found = []
    for precision, width in BYTES_PER_WEIGHT.items():
        peak = max(denoiser * 1e9 * width + size + work, known.encoders * 1e9 * width)
        gib = round(peak / GIB, 1)
        found.append(Memory(precision, gib, None if vram is None else gib <= vram))
    return found
