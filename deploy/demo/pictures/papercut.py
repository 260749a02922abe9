"""剪纸: a window flower (窗花) folded and cut from red paper."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.canvas import Canvas, Stencil
from deploy.demo.pictures.noise import Field, Rng, blur
from deploy.demo.pictures.palette import colour, mix

PAPERS = [("#F3ECDD", "#BF3528"), ("#F6F1E6", "#A62B2B"), ("#C9382A", "#F7EFE0"), ("#23304A", "#E8D9B8")]


class Folded:
    """Scissors on a folded sheet: every cut appears in each sector and its mirror."""

    def __init__(self, layer: Stencil, x: float, y: float, folds: int) -> None:
        self.layer, self.x, self.y, self.folds = layer, x, y, folds

    def place(self, points: Field, sector: int, mirror: int) -> Field:
        """(distance, angle within the sector) pairs as points of one sector."""
        angle = mirror * points[:, 1] + 2 * np.pi * sector / self.folds - np.pi / 2
        return np.stack([self.x + points[:, 0] * np.cos(angle), self.y + points[:, 0] * np.sin(angle)], 1)

    def cut(self, points: Field, value: float) -> None:
        """Fills a shape with paper (1) or nothing (0)."""
        for sector in range(self.folds):
            for mirror in (-1, 1):
                self.layer.polygon(self.place(points, sector, mirror), value)


def draw(rng: Rng, width: int, height: int) -> Canvas:
    """One round paper-cut, floating a little above its ground."""
    ground, paper = (colour(code) for code in PAPERS[int(rng.integers(len(PAPERS)))])
    canvas = Canvas(rng, width, height, ground)
    canvas.paper()
    layer = canvas.stencil()
    x, y, radius = canvas.right * 0.5, canvas.bottom * 0.5, 0.43
    folds = int(rng.choice([6, 8, 8, 10, 12]))
    flower(rng, Folded(layer, x, y, folds), radius)
    mask = layer.field()
    for depth, dark in ((0.016, 0.2), (0.005, 0.26)):
        canvas.wash(
            canvas.shifted(blur(mask, depth * 0.7 * canvas.unit), depth * 0.5, depth) * dark * (1 - mask),
            colour("#3A2A22"),
        )
    fibre = 1 + 0.022 * canvas.noise(140, 2) + 0.02 * canvas.noise(3, 3)
    crease = 1 - 0.05 * folds_shade(canvas, x, y, folds)
    canvas.cover(mask, paper * (fibre * crease)[..., None])
    edge = np.clip(mask - canvas.shifted(mask, 0.0012, 0.0012), 0, 1)
    canvas.cover(edge * 0.35, mix(paper, colour("#FFFFFF"), 0.6))
    return canvas


def folds_shade(canvas: Canvas, x: float, y: float, folds: int) -> Field:
    """Each folded sector catches the light a little differently."""
    angle = np.arctan2(canvas.y - y, canvas.x - x) + np.pi / 2
    return np.asarray((np.floor(angle / np.pi * folds) % 2) * 0.6 + 0.4 * np.cos(angle - 0.8))


def flower(rng: Rng, sheet: Folded, radius: float) -> None:
    """Rings from the outside in: a scalloped rim, teeth, leaves, a plum ring, a star heart."""
    span = np.pi / sheet.folds
    t = np.linspace(0, 1, 40)
    scallop = radius * (1 - 0.055 * np.abs(np.sin(np.pi * t * 3)) ** 0.7 * float(rng.choice([1.0, -1.0, 1.4])))
    rim = np.vstack([[[0, 0]], np.stack([scallop, t * span], 1), [[0, span]]])
    sheet.cut(rim, 1.0)
    band(sheet, radius * 0.9, span, float(rng.choice([5, 6, 7])), radius * 0.03)
    inner = radius * 0.83
    ring(sheet, inner, inner - radius * 0.014, span)
    petals(rng, sheet, radius * 0.42, radius * 0.79, span)
    ring(sheet, radius * 0.40, radius * 0.388, span)
    teeth(sheet, radius * 0.37, radius * 0.285, span, int(rng.integers(3, 6)))
    heart(rng, sheet, radius * 0.25, span)


def ring(sheet: Folded, outer: float, inner: float, span: float) -> None:
    """A thin round slit, held by a bridge in every sector."""
    t = np.linspace(0.06, 0.94, 20) * span
    sheet.cut(np.vstack([np.stack([np.full(20, outer), t], 1), np.stack([np.full(20, inner), t[::-1]], 1)]), 0.0)


def band(sheet: Folded, at: float, span: float, count: float, size: float) -> None:
    """A row of small drops."""
    for k in range(int(count)):
        drop(sheet, at, (k + 0.5) / count * span, size, size * 0.5)


def drop(sheet: Folded, at: float, angle: float, long: float, wide: float, value: float = 0.0) -> None:
    """A lens-shaped hole pointing outwards."""
    t = np.linspace(0, 2 * np.pi, 22)
    sheet.cut(
        np.stack([at + long * np.cos(t), angle + wide * np.sin(t) * np.abs(np.sin(t / 2)) ** 0.5 / at], 1),
        value,
    )


def teeth(sheet: Folded, outer: float, inner: float, span: float, count: int) -> None:
    """Saw-tooth cuts (锯齿纹), the mark of the craft."""
    step = span / count
    for k in range(count):
        a = k * step
        sheet.cut(
            np.array(
                [
                    [inner, a + step * 0.1],
                    [outer, a + step * 0.5],
                    [inner, a + step * 0.9],
                    [inner * 1.06, a + step * 0.5],
                ]
            ),
            0.0,
        )


def petals(rng: Rng, sheet: Folded, inner: float, outer: float, span: float) -> None:
    """A large leaf on each fold with its veins, and crescents (月牙纹) between."""
    t = np.linspace(0, 1, 30)
    length = outer - inner
    for centre, scale in ((0.0, 1.0), (span, float(rng.uniform(0.6, 0.86)))):
        sign = 1 if centre == 0 else -1
        half = span * 0.44 * scale * np.sin(np.pi * t**0.85) ** 0.9
        shell = np.stack([inner + length * scale * t, centre + sign * half], 1)
        core = np.stack([inner + length * scale * (0.1 + 0.8 * t), centre + sign * half * 0.72], 1)
        axis = np.stack([inner + length * scale * (0.1 + 0.8 * t[::-1]), np.full(30, centre)], 1)
        slit = np.stack([inner + length * scale * t[::-1], centre + sign * half[::-1] * 0.86], 1)
        sheet.cut(np.vstack([shell, slit]), 0.0)
        sheet.cut(np.vstack([core, axis]), 0.0)
        for k in range(7):
            r = inner + length * scale * (0.14 + 0.105 * k)
            wide = float(np.interp(0.14 + 0.105 * k, t, half)) * 0.8
            rise = length * scale * 0.07
            sheet.cut(
                np.array(
                    [
                        [r, centre],
                        [r + rise, centre + sign * wide],
                        [r + rise * 1.35, centre + sign * wide],
                        [r + rise * 0.55, centre],
                    ]
                ),
                1.0,
            )
    for k, at in enumerate((0.3, 0.52, 0.72)):
        crescent(sheet, inner + length * at, span * 0.5, length * (0.055 + 0.012 * k))
    drop(sheet, inner + length * 0.92, span * 0.5, length * 0.07, length * 0.045)


def crescent(sheet: Folded, at: float, angle: float, size: float) -> None:
    """A new-moon cut."""
    t = np.linspace(-1.9, 1.9, 24)
    outer = np.stack([at + size * np.cos(t), angle + size * np.sin(t) / at], 1)
    inner = np.stack([at + size * 0.35 + size * 0.85 * np.cos(t[::-1]), angle + size * 0.8 * np.sin(t[::-1]) / at], 1)
    sheet.cut(np.vstack([outer, inner]), 0.0)


def heart(rng: Rng, sheet: Folded, radius: float, span: float) -> None:
    """The middle: petals round a small open star."""
    t = np.linspace(0, 1, 24)
    half = span * 0.78 * np.sin(np.pi * t) ** 0.7
    sheet.cut(np.stack([radius * (0.36 + 0.62 * t), half], 1), 0.0)
    drop(sheet, radius * 0.66, 0.0, radius * 0.17, radius * 0.07, 1.0)
    pointed = float(rng.uniform(0.1, 0.17))
    sheet.cut(np.array([[0.0, 0.0], [radius * 0.28, 0.0], [radius * pointed, span]]), 0.0)
