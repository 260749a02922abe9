"""墨荷: lotus leaves in splashed ink, one flower, one bud."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.brush import stroke
from deploy.demo.pictures.canvas import Canvas, spline
from deploy.demo.pictures.noise import Field, Rng, blur, curve, smoothstep
from deploy.demo.pictures.palette import CINNABAR, INK, RICE, ROUGE, colour, mix
from deploy.demo.pictures.stamp import press


def draw(rng: Rng, width: int, height: int) -> Canvas:
    """Big wet leaves low, stems rising, the bloom in the open upper part."""
    canvas = Canvas(rng, width, height, mix(RICE, colour("#E6E3D6"), float(rng.random())))
    canvas.paper(1.2)
    side = float(rng.choice([-1, 1]))
    w, h = canvas.right, canvas.bottom
    tint = [colour("#22302E"), colour("#24221F"), colour("#20303A")][int(rng.integers(3))]

    def at(x: float, y: float) -> tuple[float, float]:
        return w * (0.5 + side * x), h * y

    head = at(0.16 + rng.normal(0, 0.03), 0.27 + rng.normal(0, 0.02))
    bud = at(-0.22, 0.36)
    leaves = [
        (at(-0.22, 0.62), 0.25, 0.55),
        (at(0.3, 0.78), 0.27, 0.5),
        (at(-0.05, 0.93), 0.3, 0.42),
        (at(0.34, 0.52), 0.15, 0.42),
    ]
    for (x, y), _, _ in leaves:
        stem(canvas, (x, y), (x + rng.normal(0, 0.06), h * 1.03), tint, 0.008)
    stem(canvas, head, at(0.06, 1.02), tint, 0.0075)
    stem(canvas, bud, at(-0.12, 1.02), tint, 0.006)
    for (x, y), size, squash in leaves:
        leaf(canvas, x, y, size * float(rng.uniform(0.88, 1.12)), squash, tint)
    bloom(canvas, head[0], head[1], 0.15, full=True)
    bloom(canvas, bud[0], bud[1], 0.085, full=False)
    duckweed(canvas)
    press(canvas, w * (0.06 if side > 0 else 0.87), h * 0.06, 0.075)
    return canvas


def stem(canvas: Canvas, top: tuple[float, float], foot: tuple[float, float], tint: Field, half: float) -> None:
    """One pulled stroke."""
    rng = canvas.rng
    bend = rng.normal(0, 0.04)
    path = spline([top, ((top[0] + foot[0]) / 2 + bend, (top[1] + foot[1]) / 2), foot], 260)
    width = half * (0.8 + 0.2 * curve(rng, 260, 3, 2)).clip(0.4, 1.2)
    window, ink = stroke(canvas, path, width, dry=0.34)
    window.wash(ink * 0.85, tint)


def leaf(canvas: Canvas, x: float, y: float, size: float, squash: float, tint: Field) -> None:
    """A leaf seen aslant: ink run outwards in lobes, darker where it pooled, veins left light."""
    rng = canvas.rng
    part = canvas.part(x - 1.5 * size, y - 1.4 * size * squash - 0.05, x + 1.5 * size, y + 1.5 * size * squash + 0.05)
    dx, dy = (part.x - x) / size, (part.y - y) / (size * squash)
    angle, away = np.arctan2(dy, dx), np.hypot(dx, dy)
    lobes = 1 + 0.10 * np.sin(angle * 3 + rng.uniform(0, 6)) + 0.05 * np.sin(angle * 7 + rng.uniform(0, 6))
    n = part.noise(10, 5, 0.6)
    inner = away / lobes + 0.075 * n
    mask = smoothstep(1.0, 0.93, inner)
    flow = part.noise(4, 4, 0.55)
    spokes = np.mod(angle * 11 / (2 * np.pi) + 0.06 * n, 1)
    vein = np.exp(-((np.abs(spokes - 0.5) * away * 7) ** 2) * 1.6) * smoothstep(0.08, 0.3, away)
    rays = part.noise(9, 2)
    pooled = smoothstep(0.72, 0.97, inner) * 0.3
    density = 0.5 + 0.26 * flow + pooled + 0.1 * rays - 0.28 * vein - 0.22 * np.exp(-((away / 0.16) ** 2))
    wet = mask * np.clip(density, 0.08, 1.0)
    halo = blur(mask, 0.014 * canvas.unit) * (1 - mask) * 0.16
    part.cover(mask * 0.86, RICE)
    part.wash(wet + halo, tint)
    heart = np.exp(-((away / 0.075) ** 2))
    part.wash(heart * 0.5, tint)


def bloom(canvas: Canvas, x: float, y: float, size: float, full: bool) -> None:
    """Petals from the back row to the front, white at the base, rose at the tip, with fine veins."""
    rng = canvas.rng
    tip = mix(ROUGE, CINNABAR, float(rng.uniform(0.1, 0.5)))
    if full:
        rows = [(9, 1.0, 1.25, 0.0), (8, 0.92, 1.05, 0.06), (6, 0.8, 0.8, 0.13)]
    else:
        rows = [(3, 1.0, 0.28, 0.0), (2, 0.96, 0.16, 0.02)]
    for count, reach, spread, drop in rows:
        angles = np.linspace(-spread, spread, count)
        order = np.argsort(-np.abs(angles)) if full else range(count)
        for k in order:
            petal(
                canvas,
                x,
                y + drop * size,
                float(angles[k] + rng.normal(0, 0.05)),
                size * reach * float(rng.uniform(0.92, 1.06)),
                tip,
            )
    if full:
        for k in (-1, 1):
            petal(canvas, x + k * 0.02, y + 0.16 * size, k * float(rng.uniform(1.75, 2.0)), size * 0.72, tip)
        pod(canvas, x, y + 0.05 * size, size)


def petal(canvas: Canvas, x: float, y: float, lean: float, size: float, tip: Field) -> None:
    """One boat-shaped petal."""
    part = canvas.part(x - 1.15 * size, y - 1.15 * size, x + 1.15 * size, y + 1.15 * size)
    dx, dy = (part.x - x) / size, (part.y - y) / size
    along = dx * np.sin(lean) - dy * np.cos(lean)
    across = dx * np.cos(lean) + dy * np.sin(lean)
    t = np.clip(along, 0, 1)
    half = 0.30 * np.sin(np.pi * t**0.82) ** 0.85 * (1 - 0.25 * t)
    edge = 1.1 / (size * canvas.unit)
    mask = smoothstep(edge, -edge, np.abs(across) - half) * (along > 0) * (along < 1)
    ratio = across / np.maximum(half, 0.02)
    veins = np.exp(-((np.abs(np.mod(ratio * 3.5, 1) - 0.5) / 0.1) ** 2)) * t
    tone = mix(colour("#FBF6EC"), tip, np.clip(t**1.7 * 0.8 + 0.2 * np.abs(ratio) ** 3 + 0.12 * veins, 0, 1))
    rim = smoothstep(0.84, 0.99, np.abs(ratio))
    part.cover(mask * 0.95, tone * (1 - 0.2 * rim)[..., None])


def pod(canvas: Canvas, x: float, y: float, size: float) -> None:
    """Stamens and the seed pod, half hidden."""
    rng = canvas.rng
    stencil = canvas.stencil()
    for _ in range(46):
        angle = rng.normal(0, 0.62)
        reach = size * rng.uniform(0.25, 0.42)
        stencil.line([(x, y), (x + np.sin(angle) * reach, y - np.cos(angle) * reach)], 0.0014)
        stencil.circle(x + np.sin(angle) * reach, y - np.cos(angle) * reach, 0.0028)
    canvas.cover(stencil.field() * 0.92, colour("#D9A441"))


def duckweed(canvas: Canvas) -> None:
    """Dots of pale ink on the water."""
    rng = canvas.rng
    stencil = canvas.stencil()
    for _ in range(70):
        x, y = canvas.right * rng.uniform(0, 1), canvas.bottom * rng.uniform(0.84, 0.99)
        stencil.circle(x, y, float(rng.uniform(0.0015, 0.005)), float(rng.uniform(0.2, 0.6)))
    canvas.wash(stencil.field() * 0.7, INK)
