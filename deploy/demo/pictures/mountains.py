"""水墨: ranges one behind another in mist, a boat below, a cinnabar sun."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.canvas import Canvas
from deploy.demo.pictures.noise import Field, Rng, blur, curve, resize, sample, smoothstep
from deploy.demo.pictures.palette import CINNABAR, INDIGO, INK, RICE, colour, mix
from deploy.demo.pictures.stamp import press

COOL = colour("#39434B")
WARM = colour("#3A332C")


def draw(rng: Rng, width: int, height: int) -> Canvas:
    """A hanging scroll of five ranges."""
    ground = mix(RICE, colour("#EADFC8"), float(rng.random() * 0.6))
    canvas = Canvas(rng, width, height, ground)
    tint = mix(COOL, INDIGO if rng.random() < 0.4 else WARM, float(rng.uniform(0, 0.55)))
    side = float(rng.choice([-1, 1]))
    sun(canvas, side)
    ranges = 5
    for k in range(ranges):
        near = k / (ranges - 1)
        paint_range(canvas, near, tint, side if k % 2 else -side, ground)
    canvas.paper()
    shore(canvas)
    boat(canvas, canvas.right * (0.5 - 0.17 * side), canvas.bottom * 0.895)
    birds(canvas, side)
    press(canvas, canvas.right * (0.885 if side < 0 else 0.065), canvas.bottom * 0.06, 0.075)
    return canvas


def sun(canvas: Canvas, side: float) -> None:
    """A flat disc, half lost in mist."""
    x, y = canvas.right * (0.5 + side * 0.2), canvas.bottom * canvas.rng.uniform(0.15, 0.2)
    radius = canvas.rng.uniform(0.055, 0.075)
    disc = smoothstep(radius, radius - 2.2 / canvas.unit, np.hypot(canvas.x - x, canvas.y - y))
    fade = smoothstep(y + radius * 1.6, y - radius * 0.4, canvas.y + canvas.noise(4, 2) * 0.012)
    canvas.wash(disc * (0.25 + 0.7 * fade), CINNABAR)


def ridge(canvas: Canvas, near: float, side: float) -> Field:
    """The height of a range's outline at each column, in units from the top."""
    rng = canvas.rng
    x = canvas.x[0] / canvas.right
    base = canvas.bottom * (0.38 + 0.41 * near)
    outline = np.zeros_like(x)
    for _ in range(int(rng.integers(3, 5))):
        centre = 0.5 + side * rng.uniform(-0.05, 0.5)
        tall, wide = rng.uniform(0.09, 0.26) * (1.05 - 0.5 * near), rng.uniform(0.05, 0.2)
        outline = np.maximum(outline, tall * np.exp(-(np.abs((x - centre) / wide) ** 1.5)))
    outline += 0.03 * curve(rng, len(x), 4, 2) + 0.013 * np.abs(curve(rng, len(x), 14, 5, 0.62))
    return np.asarray(base - outline * canvas.bottom * 0.85)


def paint_range(canvas: Canvas, near: float, tint: Field, side: float, ground: Field) -> None:
    """One range: dark along the ridge, wrinkled (皴) down its face, lost in mist at its foot."""
    top = ridge(canvas, near, side)
    depth = canvas.y - top[None, :]
    soft = 1.2 / canvas.unit * (3.0 - 2.2 * near)
    body = smoothstep(-soft, soft, depth)
    drift = canvas.noise(2.2, 4, stretch=2.6)
    # The foot of a range goes up in mist: it hides what stands behind and leaves the paper bare.
    foot = smoothstep(0.0, 0.11 + 0.05 * near, depth - 0.04 + 0.028 * drift)
    canvas.cover(smoothstep(-0.01, 0.1, depth + 0.02 * drift) * (0.8 + 0.2 * near), ground)
    reach = 0.075 + 0.035 * near
    fade = np.exp(-np.maximum(depth, 0) / (reach * (1 + 0.3 * drift).clip(0.4, 1.8))) * (1 - 0.8 * foot)
    face = wrinkles(canvas, top)
    strength = 0.24 + 0.66 * near**1.1
    rim = np.exp(-np.maximum(depth, 0) * canvas.unit / (5 + 9 * near)) * 0.35
    ink = body * strength * (fade * (0.8 + (0.12 + 0.2 * near) * face) + rim * fade)
    canvas.wash(ink, mix(mix(tint, RICE, 0.22), INK, near * 0.85))
    if near > 0.3:
        canvas.wash(moss(canvas, top, near) * (0.35 + 0.5 * near), INK)


def wrinkles(canvas: Canvas, top: Field) -> Field:
    """Streaks that run down the slope, following the outline above them."""
    small = (max(canvas.width // 2, 2), max(canvas.height // 2, 2))
    streaks = canvas.noise(34, 4, 0.7, stretch=0.3)
    flow = canvas.noise(5, 2)
    step = 2
    px = np.arange(0, small[0] * step, step, dtype=np.float32)[None, :]
    py = np.arange(0, small[1] * step, step, dtype=np.float32)[:, None]
    lift = (top[::step][: small[0]] - top.mean())[None, :] * canvas.unit
    bend = flow[::step, ::step][: small[1], : small[0]] * 0.02 * canvas.unit
    found = sample(streaks, px + bend, py - lift * 0.85)
    return np.asarray(np.tanh(resize(found, canvas.width, canvas.height) * 0.7))


def moss(canvas: Canvas, top: Field, near: float) -> Field:
    """Dots along the ridge (点苔), in clumps: trees far away."""
    rng = canvas.rng
    count = int(900 * near)
    clumps = curve(rng, len(top), 9, 3)
    place = rng.integers(0, len(top), count * 4)
    place = place[clumps[place] > 0.35][:count]
    x = place / canvas.unit
    y = top[place] + np.abs(rng.normal(0, 0.012 + 0.012 * near, len(place))) - 0.004
    tall = rng.uniform(0.004, 0.011, (len(place), 1)) * (0.5 + near)
    along = np.linspace(-1, 0.25, 12)[None, :]
    jitter = rng.normal(0, 0.0022, (len(place), 12)) * (0.6 + near)
    dots = canvas.splat(x[:, None] + jitter, y[:, None] + along * tall, np.float32(1.1) * np.ones((len(place), 12)))
    return np.asarray(1 - np.exp(-blur(dots * (canvas.unit / 1000) ** 2, 0.9 * canvas.unit / 1000) * 1.6))


def shore(canvas: Canvas) -> None:
    """Water: left white, but for a few long strokes."""
    rng = canvas.rng
    t = np.linspace(0, 1, 700)
    lines = []
    for _ in range(15):
        level = canvas.bottom * rng.uniform(0.885, 0.98)
        middle, reach = canvas.right * rng.uniform(0.1, 0.9), rng.uniform(0.04, 0.2)
        lines.append(
            (
                middle + (t - 0.5) * 2 * reach,
                level + 0.0016 * np.sin(t * rng.uniform(9, 24) + level * 90),
                np.sin(t * np.pi),
            )
        )
    x, y, w = (np.stack([line[k] for line in lines]) for k in range(3))
    mask = canvas.splat(x, y, w * canvas.unit / 1000 * 0.45)
    canvas.wash(np.clip(blur(mask, 0.6 * canvas.unit / 1000), 0, 0.34), colour("#4A5054"))


def boat(canvas: Canvas, x: float, y: float) -> None:
    """A skiff with an awning and its reflection."""
    s = float(canvas.rng.uniform(0.05, 0.062))
    hull = [(-1, -0.12), (-0.6, 0.08), (0.6, 0.08), (1.05, -0.2), (0.6, 0.0), (-0.6, 0.0)]
    awning = [(-0.4, 0.0), (-0.34, -0.2), (-0.15, -0.29), (0.08, -0.29), (0.24, -0.2), (0.3, 0.0)]
    stencil = canvas.stencil()
    for shape in (hull, awning):
        stencil.polygon([(x + px * s, y + py * s) for px, py in shape])
    stencil.line([(x + 0.5 * s, y - 0.02 * s), (x + 0.55 * s, y - 0.42 * s)], 0.07 * s)
    stencil.circle(x + 0.55 * s, y - 0.5 * s, 0.075 * s)
    stencil.line([(x + 0.7 * s, y - 0.5 * s), (x + 1.5 * s, y + 0.22 * s)], 0.018 * s)
    canvas.wash(stencil.field() * 0.86, INK)
    mirror = canvas.stencil()
    mirror.polygon([(x + px * s * 0.9, y + 0.14 * s - py * s * 0.7) for px, py in awning])
    canvas.wash(blur(mirror.field(), 0.004 * canvas.unit) * 0.24, INK)


def birds(canvas: Canvas, side: float) -> None:
    """A skein of geese."""
    rng = canvas.rng
    x, y = canvas.right * (0.5 - side * 0.12), canvas.bottom * rng.uniform(0.11, 0.15)
    stencil = canvas.stencil(3)
    for k in range(int(rng.integers(5, 9))):
        size = 0.0085 * (1 - 0.05 * k)
        bx, by = x - side * k * 0.021 + rng.normal(0, 0.003), y + k * 0.0085 + rng.normal(0, 0.003)
        lift = rng.uniform(0.3, 0.7)
        stencil.line([(bx - size, by - size * lift), (bx - size * 0.4, by - size * 0.42), (bx, by)], 0.0017)
        stencil.line([(bx, by), (bx + size * 0.4, by - size * 0.42), (bx + size, by - size * lift)], 0.0017)
    canvas.wash(stencil.field() * 0.7, INK)
