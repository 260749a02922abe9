"""江南: whitewashed walls and dark roofs stepping down to a canal."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from deploy.demo.pictures.canvas import Canvas, Points
from deploy.demo.pictures.noise import Field, Rng, blur, sample, smoothstep
from deploy.demo.pictures.palette import CINNABAR, INK, colour, mix
from deploy.demo.pictures.stamp import press

WALL = colour("#F8F5EE")
ROOF = colour("#2C2F33")
SKIES = [("#D5DCDB", "#F1ECE1"), ("#E7DBC9", "#F5EFE3"), ("#C9D5DA", "#EEEDE6")]


@dataclass
class Row:
    """One row of houses being drawn: colours and coverage at twice the size."""

    canvas: Canvas
    near: float
    ground: float
    scale: float

    def __post_init__(self) -> None:
        self.canvas = self.canvas.part(0, self.ground - 3.2 * self.scale, self.canvas.right, self.ground + 0.002)
        size = (self.canvas.width * 2, self.canvas.height * 2)
        self.colours, self.cover = Image.new("RGB", size), Image.new("L", size)
        self.pens = ImageDraw.Draw(self.colours), ImageDraw.Draw(self.cover)
        self.haze = 0.62 * (1 - self.near) ** 1.2

    def fill(self, points: Points, tone: Field) -> None:
        """A polygon, paler with distance."""
        misty = mix(tone, colour("#DADCD6"), self.haze)
        unit, top = self.canvas.unit * 2, self.canvas.origin[1] * 2
        at = [(x * unit, y * unit - top) for x, y in points]
        self.pens[0].polygon(at, fill=tuple(round(float(c) * 255) for c in misty))
        self.pens[1].polygon(at, fill=255)

    def paint(self) -> None:
        """Onto the sheet, walls stained a little by rain."""
        mask = np.asarray(self.cover.reduce(2), dtype=np.float32) / 255
        rgb = np.asarray(self.colours.reduce(2), dtype=np.float32) / 255
        tone = rgb / np.maximum(mask, 1e-3)[..., None]
        rain = np.clip(self.canvas.noise(16, 3, stretch=0.25) * 0.5, -0.2, 1) * 0.06
        low = np.clip((self.canvas.y - self.ground + self.scale * 0.5) / (self.scale * 0.5), 0, 1) ** 2
        self.canvas.cover(mask, tone * (1 - (rain + 0.09 * low) * (1 - self.haze))[..., None])


def draw(rng: Rng, width: int, height: int) -> Canvas:
    """Rows of gables from far to near, doubled in the water."""
    canvas = Canvas(rng, width, height)
    high, low = SKIES[int(rng.integers(len(SKIES)))]
    water = canvas.bottom * rng.uniform(0.7, 0.74)
    canvas.rgb[:] = mix(colour(high), colour(low), np.clip(canvas.y / water, 0, 1) + canvas.x * 0)
    canvas.paper(0.7)
    hills(canvas, water)
    rows = 5
    for k in range(rows):
        near = k / (rows - 1)
        row = Row(canvas, near, water - canvas.bottom * 0.2 * (1 - near), 0.062 + 0.062 * near)
        trees(row)
        terrace(row)
        row.paint()
    willow(canvas)
    reflect(canvas, water)
    press(canvas, canvas.right * 0.06, canvas.bottom * 0.9, 0.065)
    return canvas


def hills(canvas: Canvas, water: float) -> None:
    """Two hills, barely there."""
    for k in range(2):
        line = water - canvas.bottom * (0.42 - 0.07 * k) + 0.045 * canvas.noise(1.5, 2)[:1]
        fade = np.exp(-(canvas.y - line).clip(0) * 6)
        canvas.wash(smoothstep(0, 0.006, canvas.y - line) * fade * 0.3, colour("#5C6B70"))


def terrace(row: Row) -> None:
    """One row of houses in random order, so that they overlap, with gaps for trees."""
    rng = row.canvas.rng
    x, houses = -float(rng.uniform(0, row.scale)), []
    while x < row.canvas.right + 0.05:
        wide = row.scale * rng.uniform(0.8, 1.9)
        houses.append((x, wide, row.scale * rng.uniform(0.75, 1.35)))
        x += wide * rng.uniform(0.75, 1.05) + (row.scale * rng.uniform(0.2, 0.7) if rng.random() < 0.22 else 0)
    for k in rng.permutation(len(houses)):
        house(row, *houses[k])


def house(row: Row, x: float, wide: float, tall: float) -> None:
    """A white wall under a stepped horse-head gable (马头墙) or a long tiled roof."""
    rng = row.canvas.rng
    shade = WALL * rng.uniform(0.93, 1.0)
    top, s = row.ground - tall, row.scale
    if rng.random() < 0.55:
        outline, caps = gable(x, wide, top, row.ground, 2 if wide < 1.2 * s else 3, s * 0.24)
        row.fill(outline, shade)
        for cap in caps:
            row.fill([(px, py + s * 0.05) for px, py in cap], shade * 0.8)
            row.fill(cap, ROOF)
    else:
        row.fill([(x, row.ground), (x, top), (x + wide, top), (x + wide, row.ground)], shade)
        row.fill([(x, top), (x + wide, top), (x + wide, top + s * 0.1), (x, top + s * 0.1)], shade * 0.78)
        tiled_roof(row, x, wide, top, s * rng.uniform(0.3, 0.42))
    openings(row, x, wide, top)


def tiled_roof(row: Row, x: float, wide: float, top: float, rise: float) -> None:
    """A roof in side view: sagging slopes, rows of tiles, a raised ridge."""
    s = row.scale
    t = np.linspace(0, 1, 12)
    left = [(x - 0.09 * s + 0.17 * s * k, top + 0.03 * s - rise * k**1.4) for k in t]
    right = [(x + wide + 0.09 * s - 0.17 * s * k, top + 0.03 * s - rise * k**1.4) for k in t[::-1]]
    row.fill(left + right, ROOF)
    step = s * 0.075
    for k in range(int(wide / step)):
        px = x + (k + 0.5) * step
        row.fill(
            [
                (px, top + 0.02 * s),
                (px + 0.012 * s, top + 0.02 * s),
                (px + 0.012 * s, top - rise * 0.9),
                (px, top - rise * 0.9),
            ],
            mix(ROOF, WALL, 0.2),
        )
    ridge = top - rise
    row.fill(
        [
            (x - 0.03 * s, ridge - 0.12 * s),
            (x + 0.12 * s, ridge - 0.05 * s),
            (x + wide - 0.12 * s, ridge - 0.05 * s),
            (x + wide + 0.03 * s, ridge - 0.12 * s),
            (x + wide - 0.05 * s, ridge + 0.03 * s),
            (x + 0.05 * s, ridge + 0.03 * s),
        ],
        ROOF * 0.8,
    )


def gable(x: float, wide: float, top: float, ground: float, steps: int, rise: float) -> tuple[Points, list[Points]]:
    """A wall whose top goes up and down in steps, each step capped with tiles and upturned ends."""
    levels = [*range(steps), *range(steps - 2, -1, -1)]
    part = wide / len(levels)
    outline: Points = [(x, ground)]
    caps: list[Points] = []
    for k, level in enumerate(levels):
        left, right, y = x + k * part, x + (k + 1) * part, top - level * rise
        outline += [(left, y), (right, y)]
        out, thick, tip = rise * 0.22, rise * 0.34, rise * 0.22
        caps.append(
            [
                (left - out, y - thick - tip),
                (left + out, y - thick),
                (right - out, y - thick),
                (right + out, y - thick - tip),
                (right + out * 0.7, y),
                (left - out * 0.7, y),
            ]
        )
    return [*outline, (x + wide, ground)], caps


def openings(row: Row, x: float, wide: float, top: float) -> None:
    """Small dark windows, a door now and then, a pair of red lanterns in front."""
    rng, s = row.canvas.rng, row.scale
    dark = colour("#3B3D3E")

    def box(px: float, py: float, w: float, h: float, tone: Field) -> None:
        row.fill([(px, py), (px + w, py), (px + w, py + h), (px, py + h)], tone)

    level = top + (row.ground - top) * rng.uniform(0.3, 0.45)
    for k in range(int(rng.integers(1, 4))):
        if rng.random() < 0.8:
            box(x + wide * (0.2 + 0.25 * k), level, s * 0.1, s * 0.13, dark)
    if rng.random() < 0.5 and row.near > 0.6:
        door = x + wide * rng.uniform(0.25, 0.6)
        box(door, row.ground - s * 0.38, s * 0.2, s * 0.38, dark)
        if rng.random() < 0.7:
            for px in (door - s * 0.11, door + s * 0.23):
                box(px + 0.035 * s, row.ground - s * 0.5, 0.01 * s, 0.05 * s, INK)
                box(px, row.ground - s * 0.46, s * 0.08, s * 0.1, CINNABAR)


def trees(row: Row) -> None:
    """Soft grey-green crowns behind the roofs."""
    canvas, rng = row.canvas, row.canvas.rng
    field = canvas.blank(-1.0)
    for _ in range(int(rng.integers(3, 6))):
        x, y = rng.uniform(0, canvas.right), row.ground - row.scale * rng.uniform(1.2, 1.9)
        r = row.scale * rng.uniform(0.5, 1.0)
        field = np.maximum(field, 1 - np.hypot((canvas.x - x) / 1.25, canvas.y - y) / r)
    crown = smoothstep(0.05, 0.2, field + 0.13 * canvas.noise(24, 4, 0.65) * (field > -0.5))
    shade = 0.8 + 0.25 * field.clip(0, 1) + 0.07 * np.tanh(canvas.noise(40, 3, 0.7))
    canvas.cover(crown * 0.95, mix(colour("#6F8076"), colour("#DADCD6"), row.haze) * shade[..., None])


def willow(canvas: Canvas) -> None:
    """Branches hanging in from one upper corner."""
    rng = canvas.rng
    left = bool(rng.random() < 0.5)
    t = np.linspace(0, 1, 700)
    count, leaves = 40, 80
    root = np.abs(rng.normal(0, 0.13, (count, 1)))
    x0 = root if left else canvas.right - root
    reach = rng.uniform(0.14, 0.46, (count, 1)) * (1 - root * 1.2).clip(0.3, 1)
    sway = rng.normal(0.02, 0.012, (count, 1)) * (1 if left else -1)
    x = x0 + sway * t**1.6 * 2 + 0.004 * np.sin(t * 9 + root * 60)
    y = -0.03 + reach * t
    stems = canvas.splat(x, y, np.full_like(x, 0.5 * canvas.unit / 1000))
    at = rng.integers(60, 700, (count, leaves))
    lx, ly = np.take_along_axis(x, at, 1)[..., None], np.take_along_axis(y, at, 1)[..., None]
    along = np.linspace(0, 1, 14)
    tilt = rng.choice([-1, 1], (count, leaves, 1)) * rng.uniform(0.15, 0.5, (count, leaves, 1))
    size = rng.uniform(0.008, 0.017, (count, leaves, 1))
    leaf = canvas.splat(lx + tilt * size * along, ly + size * along, np.sin(along * 3) * np.ones_like(tilt))
    ink = 1 - np.exp(-blur(leaf * (canvas.unit / 1000) ** 1.2 + stems, 0.75 * canvas.unit / 1000) * 1.3)
    canvas.wash(ink * 0.8, colour("#40564A"))


def reflect(canvas: Canvas, water: float) -> None:
    """The canal: the town upside down, broken by ripples."""
    first = int(water * canvas.unit)
    down = (canvas.y[first:] - water).clip(0)
    ripple = canvas.noise(50, 2, stretch=7)[first:] * (0.0015 + 0.014 * down)
    px = canvas.x * canvas.unit + ripple * 0.4 * canvas.unit
    py = (water - down * 1.02 + ripple) * canvas.unit + 0 * canvas.x
    tone = mix(sample(canvas.rgb, px, py), colour("#B4C1BE"), 0.34) * 0.93
    canvas.rgb[first:] = tone
    canvas.wash(np.exp(-(((canvas.y - water) / 0.0035) ** 2)) * 0.5 + canvas.x * 0, INK)
