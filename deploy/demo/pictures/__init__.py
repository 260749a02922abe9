"""Pictures drawn by our own code for the demo shop: seeded, at any size, in our own manner."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from types import ModuleType

import numpy as np
from PIL import Image

from deploy.demo.pictures import (
    bamboo,
    bluegreen,
    botanical,
    celadon,
    city,
    clouds,
    constellations,
    enso,
    flow,
    halftone,
    jiangnan,
    koi,
    lanterns,
    lotus,
    marbling,
    mountains,
    papercut,
    paperlayers,
    plum,
    sealpage,
    tiles,
    waves,
    woven,
)
from deploy.demo.pictures.canvas import Canvas
from deploy.demo.pictures.noise import Rng

_MODULES: tuple[ModuleType, ...] = (
    mountains,
    bluegreen,
    jiangnan,
    bamboo,
    plum,
    lotus,
    enso,
    koi,
    celadon,
    waves,
    clouds,
    lanterns,
    city,
    flow,
    botanical,
    papercut,
    paperlayers,
    halftone,
    woven,
    tiles,
    constellations,
    sealpage,
    marbling,
)

KINDS: dict[str, Callable[[Rng, int, int], Canvas]] = {
    module.__name__.rpartition(".")[2]: module.draw for module in _MODULES
}

_SMALLEST = 64


def draw(kind: str, seed: int, width: int, height: int) -> Image.Image:
    """The picture of this kind and seed; the same composition at any size, the same pixels for the same size.

    Sizes are in pixels, at least 64 a side. Raises `KeyError` for a kind that is not in `KINDS`.
    """
    if min(width, height) < _SMALLEST:
        raise ValueError(f"a picture is at least {_SMALLEST} pixels a side")
    rng = np.random.default_rng([seed, zlib.crc32(kind.encode())])
    return KINDS[kind](rng, width, height).finish()
