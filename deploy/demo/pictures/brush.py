"""A Chinese brush: many hairs, each with its own ink, running dry along the way (飞白)."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.canvas import Canvas
from deploy.demo.pictures.noise import Field, child, curve


def stroke(canvas: Canvas, path: Field, width: Field, dry: float = 0.4, hairs: int = 140) -> tuple[Canvas, Field]:
    """One stroke along `path` (evenly sampled), half-width `width` at each sample: the window that holds it and
    the density of its ink there."""
    rng = child(canvas.rng)
    (left, top), (right, low), room = path.min(axis=0), path.max(axis=0), float(width.max()) + 0.02
    window = canvas.part(left - room, top - room, right + room, low + room)
    tangent = np.gradient(path, axis=0)
    speed = np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1) / speed
    length = float(speed.sum())
    samples = int(np.clip(length * canvas.unit * 1.2, 60, 6000))
    at = np.linspace(0, len(path) - 1, samples)
    column = np.arange(len(path))
    px, py, nx, ny, wide = (
        np.interp(at, column, c) for c in (path[:, 0], path[:, 1], normal[:, 0], normal[:, 1], width)
    )
    hairs = int(np.clip(wide.max() * canvas.unit * 1.5, 24, hairs * 3))
    across = np.linspace(-1, 1, hairs) + rng.normal(0, 0.6 / hairs, hairs)
    # A hair keeps its own ink: loaded at the start, then skipping where the paper is rough.
    load = np.clip(rng.normal(1.0, 0.25, hairs) * (1.15 - 0.3 * np.abs(across) ** 3), 0.1, 1.6)
    travel = np.linspace(0, 1, samples)
    ink = np.empty((hairs, samples), dtype=np.float32)
    shared = curve(rng, samples, 3 + length * 5, 3) * 0.25
    for k in range(hairs):
        skip = curve(rng, samples, 2 + length * 9, 2)
        ink[k] = np.clip(load[k] * 2.2 - dry * (0.5 + 3.3 * travel) + (skip + shared) * 0.9 * dry, 0, 1.3)
    # A little unrest in each hair keeps neighbours from beating against the pixel grid.
    jitter = rng.normal(0, 0.35 / canvas.unit, (2, hairs, samples))
    x = px + nx * wide * across[:, None] + jitter[0]
    y = py + ny * wide * across[:, None] + jitter[1]
    spacing = (2 * wide / hairs) * canvas.unit * (length / samples * canvas.unit)
    return window, np.asarray(1 - np.exp(-1.9 * window.splat(x, y, ink * spacing * 1.15)))


def taper(count: int, start: float = 0.15, end: float = 0.3, press: float = 0.25) -> Field:
    """The pressure of a stroke: down at the start, a swell, lifted at the end; 0..1."""
    t = np.linspace(0, 1, count)
    rise = np.clip(t / max(start, 1e-6), 0, 1) ** 0.6
    fall = np.clip((1 - t) / max(end, 1e-6), 0, 1) ** 0.8
    return rise * fall * (1 - press + press * np.cos((t - 0.2) * 5) ** 2)
