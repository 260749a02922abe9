"""书意: one brush, few strokes: a ring, a mountain, a leaning pine."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.brush import stroke, taper
from deploy.demo.pictures.canvas import Canvas, spline
from deploy.demo.pictures.noise import Field, Rng, blur, curve
from deploy.demo.pictures.palette import CINNABAR, INK, RICE, colour, mix
from deploy.demo.pictures.stamp import press


def draw(rng: Rng, width: int, height: int) -> Canvas:
    """Strokes on an almost empty sheet."""
    canvas = Canvas(rng, width, height, mix(RICE, colour("#E9DDC4"), float(rng.random() * 0.7)))
    canvas.paper(1.2)
    form = int(rng.integers(3))
    (circle, peaks, pine)[form](canvas)
    spatter(canvas)
    press(canvas, canvas.right * 0.8, canvas.bottom * 0.85, 0.085)
    return canvas


def ink(canvas: Canvas, path: Field, width: Field, dry: float, tone: Field = INK, strength: float = 0.96) -> None:
    """One stroke with the faint halo that wet ink draws into soft paper."""
    window, mask = stroke(canvas, path, width, dry=dry, hairs=260)
    halo = blur(mask, 0.006 * canvas.unit) * 0.12
    window.wash(mask * strength + halo * (1 - mask), tone)


def circle(canvas: Canvas) -> None:
    """An open ring (圆相) with a small sun or a line of water."""
    rng = canvas.rng
    t = np.linspace(0, 1, 500)
    start = rng.uniform(1.5, 2.3)
    angle = start + t * rng.uniform(5.7, 6.15)
    radius = 0.31 * (1 + 0.035 * curve(rng, 500, 2, 2) + 0.05 * t)
    x = canvas.right * 0.5 + np.cos(angle) * radius
    y = canvas.bottom * 0.46 + np.sin(angle) * radius * 0.97
    width = 0.043 * taper(500, 0.06, 0.5, 0.3) + 0.004
    ink(canvas, np.stack([x, y], 1), width, dry=float(rng.uniform(0.55, 0.8)))
    dot = np.hypot(canvas.x - canvas.right * 0.5 - 0.1, canvas.y - canvas.bottom * 0.46 + 0.08)
    canvas.wash(np.clip((0.05 - dot) * canvas.unit / 2, 0, 1) * 0.9, CINNABAR)


def peaks(canvas: Canvas) -> None:
    """Three strokes that are mountains, in three waters of ink, and a sun."""
    rng = canvas.rng
    h, w = canvas.bottom, canvas.right
    tones = [colour("#9A978E"), colour("#5A5852"), INK]
    for k, tone in enumerate(tones):
        y = h * (0.5 + 0.1 * k)
        left = w * (0.06 + 0.05 * k)
        middle = w * rng.uniform(0.32, 0.66)
        top = y - h * rng.uniform(0.13, 0.25) * (1 - 0.18 * k)
        knots = [
            (left, y),
            ((left + middle) / 2, (y + top) / 2 - 0.01),
            (middle, top),
            (middle + 0.12 * w, (y + top) / 2 + 0.03),
            (middle + 0.2 * w, y - 0.02),
            (w * 0.95, y + rng.uniform(-0.02, 0.03)),
        ]
        path = spline(knots, 500)
        ink(
            canvas,
            path,
            (0.022 + 0.009 * k) * taper(500, 0.05, 0.45, 0.5) + 0.002,
            dry=0.4 + 0.13 * k,
            tone=tone,
        )
    away = np.hypot(canvas.x - w * rng.uniform(0.62, 0.76), canvas.y - h * 0.22)
    canvas.wash(np.clip((0.07 - away) * canvas.unit / 2, 0, 1) * 0.92, CINNABAR)


def pine(canvas: Canvas) -> None:
    """One leaning trunk in a dry stroke, needles in fans, the moon behind."""
    rng = canvas.rng
    w, h = canvas.right, canvas.bottom
    away = np.hypot(canvas.x - w * 0.36, canvas.y - h * 0.3)
    canvas.wash(np.clip((0.14 - away) * canvas.unit / 2, 0, 1) * 0.85, colour("#D9A45A"))
    knots = [
        (w * 1.08, h * 0.86),
        (w * 0.74, h * 0.66),
        (w * 0.6, h * 0.5),
        (w * 0.4, h * 0.44),
        (w * 0.22, h * 0.33),
    ]
    path = spline([(x + rng.normal(0, 0.02), y + rng.normal(0, 0.02)) for x, y in knots], 500)
    path += np.stack([curve(rng, 500, 9, 3), curve(rng, 500, 9, 3)], 1) * 0.007
    ink(canvas, path, np.linspace(0.04, 0.006, 500), dry=0.6)
    tufts = []
    for k in rng.integers(120, 500, 11):
        angle = rng.uniform(-2.6, -0.4)
        bough_length = rng.uniform(0.03, 0.13)
        end = path[k] + bough_length * np.array([np.cos(angle), np.sin(angle) * 0.8])
        bough = spline([path[k], (path[k] + end) / 2 + rng.normal(0, 0.012, 2), end], 80)
        ink(canvas, bough, np.linspace(0.006, 0.002, 80), dry=0.15)
        tufts += [end, bough[50], bough[65]]
    fans = np.asarray(tufts)
    count = 46
    spread = np.linspace(0.15, np.pi - 0.15, count)[None, :, None] + rng.normal(0, 0.05, (len(fans), count, 1))
    reach = rng.uniform(0.035, 0.055, (len(fans), 1, 1)) * rng.uniform(0.75, 1.1, (len(fans), count, 1))
    along = np.linspace(0, 1, 70)
    x = fans[:, 0, None, None] + np.cos(spread) * reach * along
    y = fans[:, 1, None, None] - np.sin(spread) * reach * 0.75 * along + 0.006
    weight = np.broadcast_to((1.1 - along) * 0.9, x.shape) * canvas.unit / 1000
    canvas.wash(1 - np.exp(-canvas.splat(x, y, weight) * 1.5), INK)


def spatter(canvas: Canvas) -> None:
    """Drops flung from the brush."""
    rng = canvas.rng
    stencil = canvas.stencil()
    x, y = canvas.right * rng.uniform(0.3, 0.7), canvas.bottom * rng.uniform(0.3, 0.7)
    for _ in range(int(rng.integers(14, 40))):
        stencil.circle(x + rng.normal(0, 0.17), y + rng.normal(0, 0.2), float(rng.exponential(0.0022)) + 0.0006)
    canvas.wash(stencil.field() * 0.85, INK)
