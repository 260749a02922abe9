"""Fields of noise: the same seed gives the same composition at any size."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

Field = npt.NDArray[np.floating[Any]]
Rng = np.random.Generator


def child(rng: Rng) -> Rng:
    """A generator of its own, so that how much noise a size needs never shifts what is drawn after it."""
    return np.random.default_rng(int(rng.integers(2**63)))


def resize(field: Field, width: int, height: int, box: tuple[float, float, float, float] | None = None) -> Field:
    """`field` resampled bicubically to width x height."""
    image = Image.fromarray(np.ascontiguousarray(field, dtype=np.float32))
    return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC, box=box))


def value_noise(rng: Rng, width: int, height: int, cells_x: float, cells_y: float) -> Field:
    """Smooth noise of unit deviation, with so many features across each side."""
    own = child(rng)
    cells_x, cells_y = min(cells_x, width / 1.5), min(cells_y, height / 1.5)
    columns, rows = int(np.ceil(cells_x)) + 3, int(np.ceil(cells_y)) + 3
    grid = own.standard_normal((rows, columns), dtype=np.float32)
    return resize(grid, width, height, (1.0, 1.0, 1.0 + cells_x, 1.0 + cells_y)) * 1.35


def fbm(
    rng: Rng,
    width: int,
    height: int,
    cells: float = 3.0,
    octaves: int = 4,
    gain: float = 0.5,
    stretch: float = 1.0,
) -> Field:
    """Fractal noise of about unit deviation; `cells` features on the shorter side, drawn out in x by `stretch`."""
    short = min(width, height)
    total = np.zeros((height, width), dtype=np.float32)
    weight, norm = 1.0, 0.0
    for _ in range(octaves):
        total += weight * value_noise(rng, width, height, cells * width / short / stretch, cells * height / short)
        norm += weight * weight
        weight *= gain
        cells *= 2.03
    return total / np.float32(np.sqrt(norm))


def curve(rng: Rng, count: int, cells: float, octaves: int = 4, gain: float = 0.5) -> Field:
    """One-dimensional fractal noise of about unit deviation, `count` samples long."""
    at = np.linspace(0.0, 1.0, count, dtype=np.float32)
    total = np.zeros(count, dtype=np.float32)
    weight, norm = 1.0, 0.0
    for _ in range(octaves):
        knots = child(rng).standard_normal(int(np.ceil(cells)) + 4)
        place = at * cells + 1.0
        base = place.astype(int)
        rest = place - base
        a, b, c, d = (knots[base + k] for k in (-1, 0, 1, 2))
        cubic = b + 0.5 * rest * (c - a + rest * (2 * a - 5 * b + 4 * c - d + rest * (3 * (b - c) + d - a)))
        total += (weight * 1.2 * cubic).astype(np.float32)
        norm += weight * weight
        weight *= gain
        cells *= 2.03
    return total / np.float32(np.sqrt(norm))


def white(rng: Rng, width: int, height: int) -> Field:
    """Unit noise, one value a pixel."""
    return child(rng).standard_normal((height, width), dtype=np.float32)


def sample(field: Field, x: Field, y: Field) -> Field:
    """`field` read bilinearly at pixel coordinates, its edges held."""
    height, width = field.shape[:2]
    x, y = np.clip(x, 0, width - 1.001), np.clip(y, 0, height - 1.001)
    left, top = x.astype(np.int32), y.astype(np.int32)
    fx, fy = x - left, y - top
    if field.ndim == 3:
        fx, fy = fx[..., None], fy[..., None]
    flat = field.reshape(height * width, *field.shape[2:])
    at = top * width + left
    upper = flat[at] * (1 - fx) + flat[at + 1] * fx
    return np.asarray(upper * (1 - fy) + (flat[at + width] * (1 - fx) + flat[at + width + 1] * fx) * fy)


def blur(field: Field, radius: float) -> Field:
    """A soft Gaussian-like blur; large radii are done at a reduced size, which is fast and looks the same."""
    if radius < 0.3:
        return field
    height, width = field.shape[:2]
    if radius > 4:
        factor = max(2, int(radius / 2))
        small = resize_any(field, max(2, width // factor), max(2, height // factor))
        return resize_any(blur(small, radius / factor), width, height)
    reach = int(np.ceil(radius * 2.5))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / radius) ** 2).astype(np.float32)
    kernel /= kernel.sum()
    pad = [(reach, reach), (reach, reach)] + [(0, 0)] * (field.ndim - 2)
    padded = np.pad(field.astype(np.float32), pad, mode="edge")
    across = kernel[0] * padded[:, :width]
    for k in range(1, 2 * reach + 1):
        across += kernel[k] * padded[:, k : k + width]
    down = kernel[0] * across[:height]
    for k in range(1, 2 * reach + 1):
        down += kernel[k] * across[k : k + height]
    return np.asarray(down)


def resize_any(field: Field, width: int, height: int) -> Field:
    """Like `resize`, for one or three channels, with an antialiasing filter going down."""
    if field.ndim == 3:
        return np.stack([resize_any(field[..., k], width, height) for k in range(field.shape[2])], axis=-1)
    image = Image.fromarray(np.ascontiguousarray(field, dtype=np.float32))
    return np.asarray(image.resize((width, height), Image.Resampling.BICUBIC))


def smoothstep(low: Field | float, high: Field | float, value: Field) -> Field:
    """0 below `low`, 1 above `high`, a soft step between (either order)."""
    t = np.clip((value - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3 - 2 * t))
