"""层叠纸雕: a landscape cut from many sheets, lit from the middle."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.botanical import blade
from deploy.demo.pictures.canvas import Canvas, Stencil
from deploy.demo.pictures.noise import Field, Rng, blur, curve, smoothstep
from deploy.demo.pictures.palette import colour, ramp

STACKS = [
    ["#FBEFD2", "#F3C98F", "#DE9264", "#B95C4B", "#7E3A45", "#44273A"],
    ["#F4F1DF", "#C9DCC9", "#8DB7AA", "#4F8A86", "#2B5A66", "#17323F"],
    ["#FAF0E6", "#E9C9C0", "#C99AA5", "#8F6E92", "#57487A", "#2A2749"],
    ["#FFF4D6", "#F2D08A", "#B9B878", "#6E9770", "#376A5C", "#1D3F3C"],
]


def draw(rng: Rng, width: int, height: int) -> Canvas:
    """An oval opening: hills inside it, rings of paper round it, deer or boat or birds in the light."""
    stops = [colour(code) for code in STACKS[int(rng.integers(len(STACKS)))]]
    canvas = Canvas(rng, width, height, stops[0])
    x, y = canvas.right * 0.5 + rng.normal(0, 0.02), canvas.bottom * 0.44
    away = np.hypot(canvas.x - x, (canvas.y - y) * 0.9)
    canvas.rgb[:] = ramp([stops[0] * 1.02, stops[0], stops[1]], np.clip(away * 1.9, 0, 1))
    fibre = 0.018 * canvas.noise(150, 2) + 0.01 * canvas.noise(4, 2)
    sun = np.hypot(canvas.x - x - 0.05, canvas.y - y + 0.1)
    lay(canvas, smoothstep(0.105, 0.103, sun), np.minimum(stops[0] * 1.06, 1), 0.4, fibre)
    hills = 5
    for k in range(hills):
        near = (k + 1) / hills
        sheet(canvas, hill(canvas, y, near, k), ramp(stops, np.array(0.16 + 0.5 * near)), k, fibre)
    birds(canvas, x, y, stops[4], fibre)
    rings = 4
    for k in range(rings):
        wide = 0.37 + 0.085 * k
        lay(
            canvas,
            opening(canvas, x, y, wide),
            ramp(stops, np.array(0.62 + 0.38 * k / (rings - 1))),
            1.25,
            fibre,
        )
    return canvas


def lay(canvas: Canvas, mask: Field, tone: Field, height: float, fibre: Field) -> None:
    """One sheet: its shadow on what lies below, then itself with the fibre of the paper."""
    fall = canvas.blank()
    for radius, dark in ((0.022, 0.34), (0.006, 0.24)):
        fall += dark * canvas.shifted(blur(mask, radius * canvas.unit), 0.0, radius * 0.55 * height)
    canvas.wash(fall * (1 - mask) * min(height, 1), colour("#2A1A1E"))
    canvas.cover(mask, np.clip(tone * (1 + np.roll(fibre, int(137 * height), (0, 1)))[..., None], 0, 1))
    rim = np.clip(mask - canvas.shifted(mask, 0.0, 0.0018), 0, 1)
    canvas.light(rim * 0.22, colour("#FFF6E6"))


def sheet(canvas: Canvas, outline: Field, tone: Field, number: int, fibre: Field) -> None:
    """A hill with trees cut out of the same paper."""
    mask = smoothstep(-0.8, 0.8, (canvas.y - outline[None, :]) * canvas.unit)
    if number >= 1:
        mask = np.maximum(mask, trees(canvas, outline, number))
    lay(canvas, mask, tone, 0.9, fibre)


def hill(canvas: Canvas, y: float, near: float, number: int) -> Field:
    """A ridge line, steeper far away, rolling near."""
    rng = canvas.rng
    base = y + canvas.bottom * (0.0 + 0.27 * near)
    if number < 2:
        return np.asarray(base - 0.07 * np.abs(curve(rng, canvas.width, 4 + 2 * number, 4, 0.55)) - 0.02)
    return np.asarray(base - 0.035 * curve(rng, canvas.width, 2.2, 2, 0.4))


def trees(canvas: Canvas, outline: Field, number: int) -> Field:
    """Firs in small groups."""
    rng = canvas.rng
    stencil = canvas.stencil()
    scale = 0.018 + 0.012 * number
    for _ in range(int(rng.integers(3, 6))):
        centre = rng.uniform(0.12, 0.88) * canvas.right
        for _ in range(int(rng.integers(2, 5))):
            x = float(np.clip(centre + rng.normal(0, scale * 1.3), 0, canvas.right - 0.002))
            foot = float(outline[int(x * canvas.unit)]) + 0.006
            tall = scale * float(rng.uniform(1.5, 3.0))
            stencil.line([(x, foot), (x, foot - tall * 0.4)], tall * 0.06)
            for tier in range(4):
                half, low = tall * (0.26 - 0.05 * tier), foot - tall * (0.14 + 0.2 * tier)
                stencil.polygon([(x - half, low), (x, low - tall * 0.36), (x + half, low), (x, low - tall * 0.05)])
    return stencil.field()


def opening(canvas: Canvas, x: float, y: float, wide: float) -> Field:
    """A frame with an organic hole, fringed by leaves on some sheets."""
    rng = canvas.rng
    dx, dy = canvas.x - x, (canvas.y - y) * 0.8
    angle = np.arctan2(dy, dx)
    wave = np.zeros_like(angle)
    for k, amount in ((2, 0.03), (3, 0.025), (5, 0.016), (9, 0.007)):
        wave += amount * np.sin(k * angle + rng.uniform(0, 2 * np.pi))
    mask = smoothstep(-0.8, 0.8, (np.hypot(dx, dy) - wide * (1 + wave)) * canvas.unit)
    fringe = canvas.stencil()
    for _ in range(9):
        a = rng.uniform(0, 2 * np.pi)
        branch(
            canvas,
            fringe,
            x + np.cos(a) * (wide + 0.07),
            y + np.sin(a) * (wide + 0.07) / 0.8,
            a + np.pi + rng.normal(0, 0.5),
        )
    return np.maximum(mask, fringe.field())


def branch(canvas: Canvas, stencil: Stencil, x: float, y: float, angle: float) -> None:
    """A leafy spray pointing inwards."""
    rng = canvas.rng
    turn, size = rng.normal(0, 0.08), float(rng.uniform(0.022, 0.036))
    for k in range(9):
        nx, ny = x + np.cos(angle) * size * 0.55, y + np.sin(angle) * size * 0.55
        stencil.line([(x, y), (nx, ny)], 0.0028)
        for hand in (-1, 1):
            blade(stencil, nx, ny, angle + hand * 0.9, size * (1.25 - 0.09 * k), 0.2, -hand * 0.3)
        x, y, angle = nx, ny, angle + turn
    blade(stencil, x, y, angle, size * 0.6, 0.2)


def birds(canvas: Canvas, x: float, y: float, tone: Field, fibre: Field) -> None:
    """Three birds in the light."""
    rng = canvas.rng
    stencil = canvas.stencil(3)
    for k in range(3):
        bx, by, s = (
            x - 0.16 + 0.06 * k + rng.normal(0, 0.01),
            y - 0.17 + rng.normal(0, 0.022),
            0.018 - 0.003 * k,
        )
        stencil.polygon(
            [
                (bx - s, by - s * 0.5),
                (bx - s * 0.35, by - s * 0.25),
                (bx, by + s * 0.1),
                (bx + s * 0.4, by - s * 0.3),
                (bx + s, by - s * 0.45),
                (bx + s * 0.3, by + s * 0.05),
                (bx, by + s * 0.28),
                (bx - s * 0.3, by + s * 0.02),
            ]
        )
    lay(canvas, stencil.field(), tone, 0.6, fibre)
