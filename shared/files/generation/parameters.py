"""How a picture was generated, in one form for every generator."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from shared.files.privacy import clean_text

PROMPT_LIMIT = 20_000
NAME_LIMIT = 300
LORAS_LIMIT = 50


@dataclass(frozen=True)
class LoraUse:
    """A LoRA that took part; `hash` is the claimed 12-digit AutoV3 where the generator names it."""

    name: str
    hash: str | None = None
    weight: float | None = None


@dataclass(frozen=True)
class GenerationParameters:
    """What the metadata claims; texts are cleaned and cut, and still a stranger's. None is what it does not say.

    `generator` is one of A1111, Forge, SD.Next, ComfyUI, NovelAI, Fooocus, InvokeAI. `raw` keeps the further
    settings of an infotext line, short ones only.
    """

    generator: str
    prompt: str = ""
    negative_prompt: str = ""
    steps: int | None = None
    sampler: str | None = None
    scheduler: str | None = None
    cfg: float | None = None
    seed: int | None = None
    width: int | None = None
    height: int | None = None
    model: str | None = None
    model_hash: str | None = None
    loras: tuple[LoraUse, ...] = ()
    clip_skip: int | None = None
    raw: Mapping[str, str] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def prompt_text(value: object) -> str:
    """A prompt from whatever stands in its place."""
    return clean_text(value, PROMPT_LIMIT) if isinstance(value, str) else ""


def name_text(value: object) -> str | None:
    """A short name, or None where it is no text or empty."""
    return (clean_text(value, NAME_LIMIT) or None) if isinstance(value, str) else None


def whole_number(value: object, limit: int = 2**64) -> int | None:
    """A whole number from a number or its text; None where it is none or out of [0, limit]."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value.strip()) <= 20:
        value = int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= limit:
        return value
    return None


def real_number(value: object) -> float | None:
    """A finite number from a number or its text; None where it is none or beyond a million."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value[:40] if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and abs(number) <= 1_000_000 else None


def pixels(value: object) -> int | None:
    """A side in pixels, or None."""
    return whole_number(value, 100_000) or None
