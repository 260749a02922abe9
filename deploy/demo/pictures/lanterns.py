"""灯会: sky lanterns over a dark river, and their light on the water."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.canvas import Canvas
from deploy.demo.pictures.noise import Field, Rng, curve, sample, smoothstep
from deploy.demo.pictures.palette import colour, mix, ramp

EVENINGS = [
    ("#0A1226", "#22304F", "#6B4A55"),
    ("#0B1A22", "#1F4450", "#7A6A52"),
    ("#150F24", "#3A2A4E", "#85495A"),
]


def draw(rng: Rng, width: int, height: int) -> Canvas:
    """Lanterns from far and small to near and large, rising along a slow S."""
    night, dusk, warm = (colour(code) for code in EVENINGS[int(rng.integers(len(EVENINGS)))])
    canvas = Canvas(rng, width, height)
    shore = canvas.bottom * 0.74
    canvas.rgb[:] = ramp(
        [night, mix(night, dusk, 0.6), dusk, mix(dusk, warm, 0.75)],
        np.clip(canvas.y / shore, 0, 1) + 0 * canvas.x,
    )
    canvas.light(np.clip(canvas.noise(2.4, 4, stretch=2) * 0.07, 0, 1), warm)
    stars(canvas)
    hills(canvas, shore, night)
    flock(canvas, shore)
    water(canvas, shore, night)
    floating(canvas, shore)
    return canvas


def stars(canvas: Canvas) -> None:
    """A few, small."""
    rng = canvas.rng
    x, y = rng.uniform(0, canvas.right, 260), rng.uniform(0, canvas.bottom * 0.5, 260)
    canvas.light(
        np.clip(canvas.splat(x, y, rng.exponential(0.35, 260) * (canvas.unit / 1000) ** 2), 0, 0.8),
        colour("#DCE6FF"),
    )


def hills(canvas: Canvas, shore: float, night: Field) -> None:
    """Three dark ridges with a pagoda on one."""
    rng = canvas.rng
    for k in range(3):
        line = shore - canvas.bottom * (0.11 - 0.042 * k) + 0.03 * curve(rng, canvas.width, 2.5 + k, 5, 0.45)
        mask = smoothstep(0, 1.5 / canvas.unit, canvas.y - line[None, :])
        canvas.cover(mask * 0.96, mix(mix(night, colour("#5A4A5C"), 0.5), night * 0.75, k / 2))
        if k == 1:
            at = int(canvas.width * rng.choice([0.22, 0.78]))
            pagoda(canvas, at / canvas.unit, float(line[at]), night * 0.7)


def pagoda(canvas: Canvas, x: float, y: float, tone: Field) -> None:
    """Seven eaves and a spire."""
    stencil, lit = canvas.stencil(), canvas.stencil()
    half, floor = 0.022, y + 0.01
    for _ in range(7):
        tall = half * 0.85
        stencil.polygon(
            [
                (x - half * 0.62, floor),
                (x + half * 0.62, floor),
                (x + half * 0.58, floor - tall),
                (x - half * 0.58, floor - tall),
            ]
        )
        stencil.polygon(
            [
                (x - half * 1.15, floor - tall - half * 0.12),
                (x - half * 0.9, floor - tall + half * 0.12),
                (x + half * 0.9, floor - tall + half * 0.12),
                (x + half * 1.15, floor - tall - half * 0.12),
                (x + half * 0.5, floor - tall - half * 0.3),
                (x - half * 0.5, floor - tall - half * 0.3),
            ]
        )
        for px in (-0.3, 0.0, 0.3):
            lit.polygon(
                [
                    (x + half * (px - 0.07), floor - tall * 0.25),
                    (x + half * (px + 0.07), floor - tall * 0.25),
                    (x + half * (px + 0.07), floor - tall * 0.65),
                    (x + half * (px - 0.07), floor - tall * 0.65),
                ]
            )
        floor -= tall * 1.12
        half *= 0.87
    stencil.line([(x, floor), (x, floor - 0.03)], 0.002)
    canvas.cover(stencil.field(), tone)
    canvas.light(lit.field() * 0.9, colour("#FFC070"))


def flock(canvas: Canvas, shore: float) -> None:
    """Where the lanterns are: thick near the far bank, fewer and larger overhead."""
    rng = canvas.rng
    count = 130
    rise = np.sort(rng.random(count) ** 1.5)
    phase, swing = rng.uniform(0, 2 * np.pi), rng.choice([-1, 1])
    near_order = np.argsort(rng.random(count) * 0.35 + rise)
    for k in near_order:
        up = float(rise[k])
        x = canvas.right * (0.5 + swing * 0.2 * np.sin(up * 4.2 + phase) + rng.normal(0, 0.1 + 0.2 * up))
        y = shore - canvas.bottom * (0.06 + 0.68 * up) + rng.normal(0, 0.02)
        size = (0.0055 + 0.036 * up**1.6) * float(rng.uniform(0.7, 1.25))
        lantern(canvas, float(x), float(y), size, soft=0.0)
    for _ in range(4):
        x, y = (
            canvas.right * float(rng.choice([rng.uniform(-0.02, 0.2), rng.uniform(0.8, 1.02)])),
            canvas.bottom * float(rng.uniform(0.05, 0.5)),
        )
        lantern(canvas, x, y, float(rng.uniform(0.055, 0.075)), soft=0.25)


def lantern(canvas: Canvas, x: float, y: float, size: float, soft: float) -> None:
    """A paper lantern: bright at the flame below, amber above, with ribs and a halo."""
    rng = canvas.rng
    tilt = rng.normal(0, 0.1)
    part = canvas.part(x - 4.5 * size, y - 4.5 * size, x + 4.5 * size, y + 4.5 * size)
    dx, dy = part.x - x, part.y - y
    ux, uy = (dx * np.cos(tilt) + dy * np.sin(tilt)) / size, (dy * np.cos(tilt) - dx * np.sin(tilt)) / size
    # Half-width over height: a domed top, a narrower open foot.
    v = np.clip((uy + 1.25) / 2.5, 0, 1)
    half = (
        0.93
        * np.sqrt(np.clip(1 - (1 - np.clip(v / 0.42, 0, 1)) ** 2, 0, 1))
        * (1 - 0.32 * np.clip((v - 0.42) / 0.58, 0, 1) ** 1.4)
    )
    edge = max(0.9 / (size * canvas.unit), 0.02) + soft
    body = smoothstep(edge, -edge, np.abs(ux) - half) * smoothstep(1.25 + edge, 1.25 - edge, np.abs(uy))
    away = np.hypot(ux, uy)
    part.light(
        np.exp(-((away / 1.7) ** 2)) * 0.34 + 0.10 * np.exp(-((away / 3.0) ** 2)) * (away < 4.4),
        colour("#FF8A30"),
    )
    flame = np.exp(-(((ux / 0.75) ** 2) + ((uy - 0.75) / 0.8) ** 2))
    tone = ramp(
        [colour("#B5471F"), colour("#EE8A34"), colour("#FFC465"), colour("#FFF1C4")],
        np.clip(0.25 + 0.75 * flame + 0.15 * (v - 0.5), 0, 1),
    )
    ribs = 1 - 0.1 * np.exp(-((np.abs(np.mod(ux / np.maximum(half, 0.2) * 1.5 + 0.5, 1) - 0.5) / 0.06) ** 2)) * (
        size > 0.012
    )
    part.cover(
        body * 0.95,
        tone * ribs[..., None] * (1 - 0.25 * (np.abs(ux) / np.maximum(half, 0.1)).clip(0, 1)[..., None] ** 3),
    )


def water(canvas: Canvas, shore: float, night: Field) -> None:
    """The river: the sky upside down, torn into long streaks."""
    first = int(shore * canvas.unit)
    down = canvas.y[first:] - shore
    ripple = canvas.noise(60, 3, 0.6, stretch=6)[first:]
    px = canvas.x * canvas.unit + ripple * 8 * canvas.unit / 1000
    total: Field = np.zeros((canvas.height - first, canvas.width, 3), dtype=np.float32)
    for k in range(6):
        py = (
            np.minimum(shore - down * (0.7 + 0.55 * k) + ripple * (0.006 + 0.05 * down), shore - 0.003) * canvas.unit
            + 0 * px
        )
        total += sample(canvas.rgb, px, py) / 6
    canvas.rgb[first:] = mix(total * 0.88, night, 0.14)
    canvas.light(np.exp(-(((canvas.y - shore) / 0.003) ** 2)) * 0.14 + 0 * canvas.x, colour("#FFC890"))


def floating(canvas: Canvas, shore: float) -> None:
    """Lotus lamps on the water in the foreground."""
    rng = canvas.rng
    for depth in np.sort(rng.uniform(0.1, 0.9, 15)):
        x, y = canvas.right * float(rng.uniform(0.03, 0.97)), shore + (canvas.bottom - shore) * float(depth)
        s = 0.005 + 0.013 * float(depth)
        part = canvas.part(x - 6 * s, y - 5 * s, x + 6 * s, y + 8 * s)
        dx, dy = (part.x - x) / s, (part.y - y) / s
        part.light(np.exp(-((dx / 2.4) ** 2 + (dy / 1.6) ** 2)) * 0.5, colour("#FF8A50"))
        streak = np.exp(-((dx / (0.7 + 0.1 * dy)) ** 2)) * smoothstep(7.5, 0.5, dy) * (dy > 0)
        part.light(streak * (0.26 + 0.12 * np.sin(dy * 5 + dx)), colour("#FFB060"))
        petals = part.stencil()
        for k in range(-3, 4):
            lean = k * 0.36
            petals.polygon(
                [
                    (x + s * lean * 0.7, y + 0.3 * s),
                    (x + s * (lean * 1.5 - 0.28), y - s * (0.42 - 0.06 * abs(k))),
                    (x + s * lean * 1.9, y - s * (1.0 - 0.17 * abs(k))),
                    (x + s * (lean * 1.5 + 0.28), y - s * (0.42 - 0.06 * abs(k))),
                ]
            )
        part.cover(petals.field() * 0.95, colour("#F6A7A0"))
        part.light(np.exp(-((dx / 0.55) ** 2 + ((dy + 0.45) / 0.6) ** 2)) * 0.95, colour("#FFE8B0"))
