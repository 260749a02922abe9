"""How a model was trained, from the `ss_*` metadata of kohya's scripts: strings that may hold anything."""

import json
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from shared.files.privacy import clean_text, mask_private

T = TypeVar("T")

JSON_LIMIT = 4 * 1024 * 1024
_RESOLUTION = re.compile(r"(\d{1,5})\s*[,xX]\s*(\d{1,5})")


@dataclass(frozen=True)
class TrainingFacts:
    """What the trainer claims; None where it says nothing readable. Times are UTC."""

    images: int | None = None
    epochs: int | None = None
    epoch: int | None = None
    steps: int | None = None
    max_steps: int | None = None
    batch_size: int | None = None
    resolution: tuple[int, int] | None = None
    optimizer: str | None = None
    scheduler: str | None = None
    learning_rate: float | None = None
    unet_learning_rate: float | None = None
    text_encoder_learning_rate: float | None = None
    seed: int | None = None
    clip_skip: int | None = None
    noise_offset: float | None = None
    mixed_precision: str | None = None
    comment: str | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None


def read_training(metadata: Mapping[str, str]) -> TrainingFacts:
    """The training facts in the metadata; never raises."""
    whole, real = _reader(metadata, as_int), _reader(metadata, as_float)
    words, time = _reader(metadata, as_words), _reader(metadata, as_time)
    optimizer = words("ss_optimizer")
    return TrainingFacts(
        images=whole("ss_num_train_images"),
        epochs=whole("ss_num_epochs"),
        epoch=whole("ss_epoch"),
        steps=whole("ss_steps"),
        max_steps=whole("ss_max_train_steps"),
        batch_size=whole("ss_total_batch_size") or whole("ss_batch_size_per_device"),
        resolution=as_resolution(metadata.get("ss_resolution") or metadata.get("modelspec.resolution") or ""),
        optimizer=optimizer and optimizer.partition("(")[0].rpartition(".")[2],
        scheduler=words("ss_lr_scheduler"),
        learning_rate=real("ss_learning_rate"),
        unet_learning_rate=real("ss_unet_lr"),
        text_encoder_learning_rate=real("ss_text_encoder_lr"),
        seed=whole("ss_seed"),
        clip_skip=whole("ss_clip_skip"),
        noise_offset=real("ss_noise_offset"),
        mixed_precision=words("ss_mixed_precision"),
        comment=words("ss_training_comment"),
        started_at=time("ss_training_started_at"),
        finished_at=time("ss_training_finished_at"),
    )


def as_int(text: str) -> int | None:
    """A whole number of at most 18 digits, or None."""
    text = text.strip()
    return int(text) if re.fullmatch(r"-?\d{1,18}", text) else None


def as_float(text: str) -> float | None:
    """A finite number, or None."""
    try:
        value = float(text[:64])
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def as_words(text: str) -> str | None:
    """A short text fit to be shown, without private things; None for what trainers write for nothing."""
    text = mask_private(clean_text(text, 500))
    return None if text in {"", "None", "null"} else text


def as_time(text: str) -> datetime | None:
    """Seconds since 1970 as a time between 2015 and 2100, or None."""
    seconds = as_float(text)
    if seconds is None or not 1_420_000_000 < seconds < 4_102_444_800:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def as_resolution(text: str) -> tuple[int, int] | None:
    """`(1024, 1024)` or `1024x1024` as two numbers of pixels, or None."""
    match = _RESOLUTION.search(text[:100])
    if match:
        return int(match[1]), int(match[2])
    side = as_int(text)
    return (side, side) if side and side < 100_000 else None


def json_within(text: str) -> Any:
    """The JSON value in a metadata string; None where it is too long or not valid."""
    if len(text) > JSON_LIMIT:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _reader(metadata: Mapping[str, str], read: Callable[[str], T | None]) -> Callable[[str], T | None]:
    return lambda key: read(metadata[key]) if key in metadata else None
