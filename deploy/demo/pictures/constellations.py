"""星图: a night sky as a chart: circles, degrees, figures drawn between stars that are nowhere."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.canvas import Canvas
from deploy.demo.pictures.noise import Field, Rng, smoothstep
from deploy.demo.pictures.palette import GOLD, colour, mix
from deploy.demo.pictures.stamp import press

SKIES = [
    ("#0C1630", "#24407A", "#D9BC7A"),
    ("#0E1F24", "#22595C", "#D8C08A"),
    ("#1A1030", "#4A2E66", "#E0B98A"),
    ("#EFE5CE", "#D9C9A4", "#2B3A5C"),
]


def draw(rng: Rng, width: int, height: int) -> Canvas:
    """A planisphere in the middle, loose stars round it."""
    dark, haze, line = (colour(code) for code in SKIES[int(rng.integers(len(SKIES)))])
    printed = float(dark.mean()) > 0.5
    canvas = Canvas(rng, width, height, dark)
    canvas.paper(0.7 if printed else 0.3)
    x, y, r = canvas.right * 0.5, canvas.bottom * 0.47, 0.41
    milky(canvas, haze, printed)
    star_at = stars(canvas, x, y, r, line, printed)
    rings(canvas, x, y, r, line)
    figures(canvas, star_at, line)
    moons(canvas, x, canvas.bottom * 0.925, line)
    if printed:
        press(canvas, canvas.right * 0.87, canvas.bottom * 0.04, 0.065)
    return canvas


def lay(canvas: Canvas, mask: Field, tone: Field) -> None:
    """Body colour, whatever the ground."""
    canvas.cover(np.clip(mask, 0, 1), tone)


def milky(canvas: Canvas, haze: Field, printed: bool) -> None:
    """A band of cloud across the sheet with dust lanes in it, and its crowd of faint stars."""
    rng = canvas.rng
    angle, offset = rng.uniform(0.5, 1.1), rng.normal(0, 0.05)
    across = (
        (canvas.x - canvas.right / 2) * np.sin(angle)
        - (canvas.y - canvas.bottom / 2) * np.cos(angle)
        + offset
        + 0.06 * canvas.noise(2, 3)
    )
    cloud = np.exp(-((across / 0.16) ** 2))
    lanes = smoothstep(-0.4, 1.0, canvas.noise(4, 5, 0.6)) * np.exp(-((across / 0.07) ** 2))
    glow = np.clip(cloud * (0.75 + 0.35 * canvas.noise(3, 5, 0.6)) - 0.55 * lanes, 0, 1)
    if printed:
        canvas.wash(glow * 0.5, haze)
        return
    canvas.light(glow * 0.75 + 0.06, haze)
    canvas.light(np.clip(glow - 0.45, 0, 1) * 0.5, mix(haze, colour("#FFE6C8"), 0.6))
    count = 9000
    px, py = rng.uniform(0, canvas.right, count), rng.uniform(0, canvas.bottom, count)
    dense = glow[
        np.minimum((py * canvas.unit).astype(int), canvas.height - 1),
        np.minimum((px * canvas.unit).astype(int), canvas.width - 1),
    ]
    weight = rng.exponential(0.28, count) * (rng.random(count) < 0.1 + 1.1 * dense) * (canvas.unit / 1000) ** 2
    canvas.light(np.clip(canvas.splat(px, py, weight), 0, 0.9), colour("#EAF0FF"))


def stars(canvas: Canvas, x: float, y: float, r: float, line: Field, printed: bool) -> Field:
    """Bright stars with sizes by magnitude; returns those fit for figures."""
    rng = canvas.rng
    chosen: list[tuple[float, float]] = []
    while len(chosen) < 62:
        a, d = rng.uniform(0, 2 * np.pi), r * np.sqrt(rng.uniform(0.02, 0.93))
        spot = (x + d * np.cos(a), y + d * np.sin(a))
        if all(np.hypot(spot[0] - px, spot[1] - py) > 0.05 for px, py in chosen):
            chosen.append((float(spot[0]), float(spot[1])))
    stencil = canvas.stencil(3)
    for px, py in chosen:
        size = 0.0022 + float(rng.exponential(0.0016))
        stencil.circle(px, py, size)
        if size > 0.0042:
            part = canvas.part(px - 0.05, py - 0.05, px + 0.05, py + 0.05)
            dx, dy = np.abs(part.x - px), np.abs(part.y - py)
            cross = np.exp(-dx / 0.0011) * np.exp(-dy / 0.009) + np.exp(-dy / 0.0011) * np.exp(-dx / 0.009)
            if not printed:
                part.light(np.clip(cross * 0.8 + 0.28 * np.exp(-np.hypot(dx, dy) / 0.008), 0, 1), colour("#FFF3DC"))
    lay(canvas, stencil.field(), line if printed else colour("#FFF8E8"))
    return np.array(chosen)


def rings(canvas: Canvas, x: float, y: float, r: float, line: Field) -> None:
    """Declination circles, hour lines, an ecliptic off centre, and a rim with degrees."""
    dx, dy = canvas.x - x, canvas.y - y
    away, angle = np.hypot(dx, dy), np.arctan2(dy, dx)
    hair = 0.55 / canvas.unit

    def ring(distance: Field, half: float, strength: float) -> None:
        lay(canvas, smoothstep(half + 2 * hair, half, np.abs(distance)) * strength, line)

    for k in (1, 2, 3):
        ring(away - r * k / 4, 0.0002, 0.34)
    for at, half in ((r, 0.0011), (r + 0.012, 0.0005), (r + 0.034, 0.0005), (r + 0.04, 0.0014)):
        ring(away - at, half, 0.95)
    ecliptic = np.hypot(dx - 0.06, dy + 0.05) - r * 0.74
    dash = (np.mod(angle * 36 / np.pi, 1) < 0.6) & (away < r)
    lay(
        canvas,
        smoothstep(2.4 * hair, 0.3 * hair, np.abs(ecliptic)) * dash * 0.6,
        GOLD if float(line.mean()) > 0.5 else colour("#B5402F"),
    )
    spokes = np.abs(np.mod(angle * 12 / np.pi + 0.5, 1) - 0.5) * np.pi / 12 * away
    lay(canvas, smoothstep(2.2 * hair, 0.2 * hair, spokes) * (away < r) * (away > r / 4) * 0.28, line)
    degree = np.abs(np.mod(angle * 180 / np.pi + 0.5, 1) - 0.5) * np.pi / 180 * away
    long = np.mod(np.round(angle * 180 / np.pi), 10) == 0
    reach = np.where(long, 0.034, np.where(np.mod(np.round(angle * 180 / np.pi), 5) == 0, 0.024, 0.019))
    tick = smoothstep(2.0 * hair, 0.3 * hair, degree) * (away > r + 0.012) * (away < r + reach)
    lay(canvas, tick * 0.85, line)


def figures(canvas: Canvas, spots: Field, line: Field) -> None:
    """Chains from star to nearby star: seven to ten constellations."""
    rng = canvas.rng
    free = set(range(len(spots)))
    stencil = canvas.stencil(3)
    for _ in range(int(rng.integers(9, 12))):
        if len(free) < 4:
            break
        at = int(rng.choice(sorted(free)))
        free.discard(at)
        for _ in range(int(rng.integers(3, 7))):
            others = sorted(free, key=lambda k: float(np.hypot(*(spots[k] - spots[at]))))[:2]
            if not others or np.hypot(*(spots[others[0]] - spots[at])) > 0.17:
                break
            to = others[int(rng.integers(len(others)))]
            gap = (spots[to] - spots[at]) / np.hypot(*(spots[to] - spots[at])) * 0.0085
            stencil.line([tuple(spots[at] + gap), tuple(spots[to] - gap)], 0.0013)
            free.discard(to)
            at = to
    lay(canvas, stencil.field() * 0.8, line)


def moons(canvas: Canvas, x: float, y: float, line: Field) -> None:
    """The phases of the moon along the foot."""
    for k in range(-4, 5):
        cx, r = x + k * 0.075, 0.0185
        part = canvas.part(cx - 1.3 * r, y - 1.3 * r, cx + 1.3 * r, y + 1.3 * r)
        dx, dy = (part.x - cx) / r, (part.y - y) / r
        disc = smoothstep(1.6 / (r * canvas.unit), 0, np.hypot(dx, dy) - 1)
        rim = np.abs(np.hypot(dx, dy) - 1)
        lay(part, smoothstep(1.8 / (r * canvas.unit), 0.2 / (r * canvas.unit), rim) * 0.8, line)
        limb = np.sqrt(np.clip(1 - dy * dy, 0, 1))
        lit = smoothstep(-0.06, 0.06, dx - np.cos(np.pi * (k + 4) / 4) * limb)
        if k > 0:
            lit = smoothstep(0.06, -0.06, dx - np.cos(np.pi * k / 4) * limb)
        lay(part, disc * lit * 0.92, line)
