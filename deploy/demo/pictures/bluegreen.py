"""青绿山水: azurite and malachite ranges edged in gold on aged silk."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.canvas import Canvas
from deploy.demo.pictures.noise import Field, Rng, blur, child, curve, smoothstep
from deploy.demo.pictures.palette import (
    AZURITE,
    CINNABAR,
    GOLD,
    INK,
    MALACHITE,
    OCHRE,
    SILK,
    UMBER,
    colour,
    mix,
    ramp,
)
from deploy.demo.pictures.stamp import press


def draw(rng: Rng, width: int, height: int) -> Canvas:
    """Crowded peaks from far to near over gold-lined water."""
    canvas = Canvas(rng, width, height, mix(SILK, colour("#CBA871"), float(rng.random() * 0.7)))
    aged = canvas.noise(2, 5)
    canvas.wash(np.clip(0.12 + 0.07 * aged, 0, 0.4), colour("#9A6A3C"))
    weave(canvas)
    sun(canvas)
    layers = 5
    for k in range(layers):
        near = k / (layers - 1)
        water(canvas, near)
        for centre in peaks_of(canvas):
            peak(canvas, centre, near)
    clouds(canvas)
    press(canvas, canvas.right * 0.06, canvas.bottom * 0.05, 0.08)
    return canvas


def weave(canvas: Canvas) -> None:
    """The threads of the silk."""
    fine = 0.5 + 0.5 * np.sin(canvas.x * 1500 + 0 * canvas.y) * np.sin(canvas.y * 1500)
    canvas.wash(0.05 * fine, UMBER)


def sun(canvas: Canvas) -> None:
    """A small red disc high up."""
    x, y = canvas.right * canvas.rng.uniform(0.3, 0.72), canvas.bottom * 0.13
    away = np.hypot(canvas.x - x, canvas.y - y)
    canvas.cover(np.clip((0.048 - away) * canvas.unit / 1.6, 0, 1) * 0.92, CINNABAR)


def peaks_of(canvas: Canvas) -> list[float]:
    """Where the peaks of one layer stand, drawn from the outside in."""
    count = int(canvas.rng.integers(4, 6))
    return [float(canvas.right * ((k + canvas.rng.uniform(-0.1, 1.1)) / count)) for k in canvas.rng.permutation(count)]


def peak(canvas: Canvas, centre: float, near: float) -> None:
    """One mountain: a rounded crown, folds shaded on one side, blue above, green, then ochre below."""
    rng = canvas.rng
    foot = canvas.bottom * (0.47 + 0.5 * near) + rng.uniform(-0.02, 0.02)
    tall = rng.uniform(0.16, 0.42) * (1.0 - 0.35 * near)
    half = rng.uniform(0.2, 0.36) * (0.75 + 0.3 * near)
    left, right = (int(np.clip((centre + s * half * 1.35) * canvas.unit, 0, canvas.width)) for s in (-1, 1))
    top, low = (int(np.clip(v * canvas.unit, 0, canvas.height)) for v in (foot - tall * 1.2, foot + 0.06))
    if right - left < 4 or low - top < 4:
        return
    window = canvas.part(left / canvas.unit, top / canvas.unit, right / canvas.unit, low / canvas.unit)
    x, y = window.x, window.y
    lobes = sum(np.exp(-(np.abs((x[0] - centre - half * o) / (half * w)) ** 2.3)) * h for o, w, h in crown(rng))
    ridge = foot - tall * lobes - 0.009 * curve(rng, x.size, 9, 4)
    depth = (y - ridge[None, :]) / tall
    rough = window.noise(9, 4)
    body = smoothstep(-0.8 / (tall * canvas.unit), 0.8 / (tall * canvas.unit), depth)
    lost = smoothstep(foot + 0.03, foot - 0.07, y + 0.012 * rough)
    spread = 0.3 + 0.8 * np.sqrt(depth.clip(0, 1.4))
    lateral = (x - centre) / (half * spread) + 0.10 * rough
    folds = lateral * rng.uniform(2.4, 3.4) + 0.5 * depth
    fold = folds - np.floor(folds)
    shade = np.clip(1.0 - fold * 1.25, 0, 1) ** 1.3 * smoothstep(0.0, 0.2, depth)
    hue = np.clip(depth * 1.15 + 0.07 * rough + 0.12 * (1 - near), 0, 1)
    tone = ramp([AZURITE * 0.82, AZURITE, MALACHITE * 0.92, mix(MALACHITE, OCHRE, 0.55), mix(OCHRE, SILK, 0.45)], hue)
    tone = mix(tone, mix(tone, SILK, 0.75), np.full(depth.shape, 0.55 * (1 - near), dtype=np.float32))
    view = window.rgb
    alpha = (body * lost)[..., None]
    view += (tone * (1.06 - 0.46 * shade)[..., None] - view) * alpha * 0.96
    edge = np.exp(-((depth * tall * canvas.unit - 1.6) ** 2) / 2.2)
    seam = np.exp(-((np.minimum(fold, 1 - fold) * half * canvas.unit / 3.0) ** 2) / 1.5) * smoothstep(0.9, 0.1, depth)
    gold = np.clip(edge * 0.95 + seam * 0.32 * (0.4 + 0.6 * near), 0, 1) * lost * (depth > -0.03)
    view += (GOLD * 1.08 - view) * (gold * 0.85)[..., None]
    trees(window, x[0], ridge, near, foot - 0.06)


def crown(rng: Rng) -> list[tuple[float, float, float]]:
    """The lobes of one summit: offset, width, height."""
    side = float(rng.choice([-1, 1]))
    return [
        (0.0, rng.uniform(0.34, 0.5), 0.85),
        (side * 0.42, 0.4, rng.uniform(0.35, 0.65)),
        (-side * 0.5, 0.4, rng.uniform(0.2, 0.4)),
    ]


def trees(canvas: Canvas, x: Field, ridge: Field, near: float, floor: float) -> None:
    """Dark round dots in rows along some shoulders."""
    rng = child(canvas.rng)
    stencil = canvas.stencil()
    start = int(rng.integers(0, max(1, len(x) - 20)))
    for k in range(int(12 + 10 * near)):
        at = start + int(k * 0.0055 * canvas.unit)
        if at >= len(x):
            break
        if ridge[at] > floor:
            continue
        r = (0.0032 + 0.003 * near) * rng.uniform(0.6, 1.2)
        stencil.circle(float(x[at]), float(ridge[at]) - r * 0.6, r)
        stencil.circle(float(x[at]) + r * 0.6, float(ridge[at]) - r * 1.8, r * 0.8)
    canvas.cover(stencil.field() * (0.45 + 0.5 * near), mix(INK, MALACHITE, 0.35))


def water(canvas: Canvas, near: float) -> None:
    """Fine gold lines of water between the layers."""
    rng = canvas.rng
    y0 = canvas.bottom * (0.5 + 0.48 * near)
    t = np.linspace(0, canvas.right, int(canvas.width * 1.3))
    lines = np.arange(9)[:, None]
    wave = 0.0022 * np.sin(t * rng.uniform(60, 80) + lines * 1.9) + 0.004 * curve(rng, len(t), 6, 2)
    y = y0 + (lines - 4) * 0.0085 + wave
    weight = np.clip(curve(rng, len(t), 8, 2) + 0.3 * np.cos(lines * 5.0), 0, 1) * 0.5
    canvas.cover(np.clip(canvas.splat(np.broadcast_to(t, y.shape), y, weight), 0, 1) * 0.55, mix(GOLD, UMBER, 0.35))


def clouds(canvas: Canvas) -> None:
    """Bands of pale mist with a soft upper rim, crossing the valleys."""
    rng = canvas.rng
    for _ in range(3):
        y, x = canvas.bottom * rng.uniform(0.36, 0.82), canvas.right * rng.uniform(0, 1)
        band = np.exp(-(((canvas.y - y) / 0.02) ** 2)) * np.exp(-(((canvas.x - x) / 0.32) ** 2))
        soft = blur(np.clip(band * (1 + 0.6 * canvas.noise(5, 4, stretch=3)), 0, 1), 0.003 * canvas.unit)
        canvas.cover(soft * 0.72, colour("#EADFC3"))
