"""流沙笺: ink floated on water, drawn with a stylus and taken up on paper."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.canvas import Canvas
from deploy.demo.pictures.noise import Field, Rng, smoothstep
from deploy.demo.pictures.palette import GOLD, colour, mix
from deploy.demo.pictures.stamp import press

BATHS = [
    ["#F3ECDD", "#2A4560", "#F3ECDD", "#8FA9AE", "#F3ECDD", "#B8503C"],
    ["#F1EBDD", "#2C5349", "#F1EBDD", "#A9BFA6", "#F1EBDD", "#C79A4B"],
    ["#F3EBE0", "#6B2F3A", "#F3EBE0", "#D3A79B", "#F3EBE0", "#3B4566"],
    ["#F2EDE2", "#2B2B2E", "#F2EDE2", "#9A968E", "#F2EDE2", "#55544F"],
]
WIDTHS = [0.30, 0.13, 0.16, 0.17, 0.16, 0.08]


def draw(rng: Rng, width: int, height: int) -> Canvas:
    """Drops, each pushing the older ones outwards; then the stylus; then hairlines and flecks of gold."""
    canvas = Canvas(rng, width, height)
    stops = [colour(code) for code in BATHS[int(rng.integers(len(BATHS)))]]
    x, y = pulled(rng, canvas)
    n = canvas.noise(1.4, 3, 0.42)
    m = canvas.noise(1.4, 3, 0.42)
    tone = drops(rng, canvas, x + 0.045 * n, y + 0.045 * m) + 0.02 * canvas.noise(7, 3)
    bands(canvas, tone, stops)
    canvas.rgb *= (1 + 0.03 * canvas.noise(3, 4) + 0.025 * canvas.noise(45, 2))[..., None]
    canvas.paper(1.2)
    canvas.cover(smoothstep(2.35, 2.6, canvas.noise(70, 2, 0.8)) * 0.85, GOLD)
    press(canvas, canvas.right * 0.86, canvas.bottom * 0.88, 0.08)
    return canvas


def pulled(rng: Rng, canvas: Canvas) -> tuple[Field, Field]:
    """Undoes a few straight pulls of the stylus, strongest on its line, and one slow swirl."""
    x, y = canvas.x + 0 * canvas.y, canvas.y + 0 * canvas.x
    cx, cy = canvas.right * rng.uniform(0.3, 0.7), canvas.bottom * rng.uniform(0.3, 0.7)
    away = np.hypot(x - cx, y - cy)
    turn = rng.choice([-1, 1]) * rng.uniform(1.2, 2.2) * np.exp(-((away / 0.34) ** 2))
    dx, dy = x - cx, y - cy
    x, y = cx + dx * np.cos(turn) - dy * np.sin(turn), cy + dx * np.sin(turn) + dy * np.cos(turn)
    for k in range(int(rng.integers(3, 6))):
        angle = rng.uniform(-0.5, 0.5) + (np.pi / 2 if k % 2 else 0)
        across = (x - canvas.right * rng.uniform(0.1, 0.9)) * np.sin(angle) - (
            y - canvas.bottom * rng.uniform(0.1, 0.9)
        ) * np.cos(angle)
        pull = rng.choice([-1, 1]) * rng.uniform(0.1, 0.24) * 0.05 / (0.05 + np.abs(across))
        x, y = x - pull * np.cos(angle), y - pull * np.sin(angle)
    return x, y


def drops(rng: Rng, canvas: Canvas, x: Field, y: Field) -> Field:
    """Undoes the drops from last to first: in which ring of which drop did this ink start?"""
    count = int(rng.integers(12, 18))
    centres = [
        (
            canvas.right * rng.uniform(-0.05, 1.05),
            canvas.bottom * rng.uniform(-0.05, 1.05),
            rng.uniform(0.12, 0.34),
        )
        for _ in range(count)
    ]
    tone = np.full(x.shape, -1.0)
    for k, (cx, cy, r) in enumerate(reversed(centres)):
        dx, dy = x - cx, y - cy
        away = dx * dx + dy * dy
        inside = (away < r * r) & (tone < 0)
        tone = np.where(inside, 40 + np.floor(k / 2) - (r - np.sqrt(away)) * 7.0, tone)
        scale = np.sqrt(np.clip(1 - r * r / np.maximum(away, 1e-6), 0, None))
        outside = (tone < 0) & (away >= r * r)
        x, y = np.where(outside, cx + dx * scale, x), np.where(outside, cy + dy * scale, y)
    return np.asarray(np.where(tone < 0, 20 + np.hypot(x - canvas.right / 2, y - canvas.bottom / 2) * 6, tone))


def bands(canvas: Canvas, tone: Field, stops: list[Field]) -> None:
    """Flat colours with edges one pixel soft, ink drawn together into a hairline where two meet."""
    gy, gx = np.gradient(tone)
    slope = np.clip(np.hypot(gx, gy), 1e-5, 0.25)
    place = np.mod(tone, 1.0)
    rgb: Field = np.broadcast_to(stops[0], (*place.shape, 3)).copy()
    edges = np.concatenate([[0], np.cumsum(WIDTHS)])
    line = np.zeros_like(place)
    for k in range(1, len(stops)):
        low, high = edges[k], min(edges[k + 1], 1.0)
        cover = np.clip((place - low) / slope + 0.5, 0, 1) * np.clip((high - place) / slope + 0.5, 0, 1)
        rgb += (stops[k] - rgb) * cover[..., None]
        line = np.maximum(line, np.exp(-(((place - low) / slope / (0.8 * canvas.unit / 1000)) ** 2)))
    canvas.rgb[:] = rgb
    fine = slope < 0.06
    canvas.wash(line * fine * 0.35, mix(stops[1], colour("#26303A"), 0.5))
