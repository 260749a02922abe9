"""Draws the shop's seal: `python -m deploy.demo.logo` writes it into the storefront's static folder again.

A square of cinnabar with 画坊 carved out of it in our own strokes (no font), chipped a little at its edges.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

STATIC = Path(__file__).parents[2] / "services" / "storefront" / "static"
CINNABAR, PAPER = "#C8402F", "#FBF8F1"
SIDE = 64.0

Stroke = list[tuple[float, float]]

# Each stroke is a line through points of a 64 by 64 square, carved 3.4 wide.
_HUA: list[Stroke] = [
    [(11, 10.5), (53, 10.5)],
    [(20, 15.6), (44, 15.6), (44, 25.4), (20, 25.4), (20, 15.6)],
    [(20, 20.5), (44, 20.5)],
    [(32, 10.5), (32, 25.4)],
    [(12, 15), (12, 30.6), (52, 30.6), (52, 15)],
]
_FANG: list[Stroke] = [
    [(16.5, 36.4), (16.5, 51.5)],
    [(10.5, 42), (23, 42)],
    [(10, 53.6), (24, 50.2)],
    [(40, 35.4), (40, 39.4)],
    [(28, 40.6), (54, 40.6)],
    [(37.5, 40.6), (36.4, 48.4), (28.4, 55)],
    [(36.8, 46.6), (49.6, 46.6), (48.6, 53.6), (43.4, 55)],
]
# The mark for small sizes: 画 alone, in bolder strokes.
_HUA_LARGE: list[Stroke] = [
    [(11, 13.5), (53, 13.5)],
    [(22, 22), (42, 22), (42, 41), (22, 41), (22, 22)],
    [(22, 31.5), (42, 31.5)],
    [(32, 13.5), (32, 41)],
    [(12, 22), (12, 51), (52, 51), (52, 22)],
]


def body() -> Stroke:
    """The outline of the stone: straight sides with soft corners and a few chips."""
    rng = np.random.default_rng(7)
    points: Stroke = []
    for side in range(4):
        for t in np.linspace(0.0, 1.0, 15)[:-1]:
            along = 2.2 + 59.6 * float(t)
            chip = float(rng.choice([0.0, 0.35, 0.7, 1.5], p=[0.45, 0.3, 0.2, 0.05]))
            inset = 1.6 + chip + (1.9 if t == 0 else 0.0)
            x, y = along, inset
            for _ in range(side):
                x, y = SIDE - y, x
            points.append((round(x, 1), round(y, 1)))
    return points


def seal_svg(strokes: list[Stroke], width: float, title: str) -> str:
    """The seal as an SVG document with a title; it has no text elements and needs no font."""
    outline = _path(body()) + "Z"
    lines = "".join(f'<path d="{_path(stroke)}"/>' for stroke in strokes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img"><title>{title}</title>'
        f'<path d="{outline}" fill="var(--seal, {CINNABAR})" stroke="var(--seal, {CINNABAR})" '
        'stroke-width="1.6" stroke-linejoin="round"/>'
        f'<g fill="none" stroke="{PAPER}" stroke-width="{width:g}" stroke-linecap="square" '
        f'stroke-linejoin="miter">{lines}</g></svg>\n'
    )


def seal_png(strokes: list[Stroke], width: float, size: int) -> Image.Image:
    """The seal on paper, for places that take no SVG."""
    scale, large = 4, size * 4
    unit = large * 0.8 / SIDE
    image = Image.new("RGB", (large, large), "#FAF8F4")
    pen = ImageDraw.Draw(image)

    def at(points: Stroke) -> list[tuple[float, float]]:
        return [(large * 0.1 + x * unit, large * 0.1 + y * unit) for x, y in points]

    pen.polygon(at(body()), fill=CINNABAR)
    for stroke in strokes:
        pen.line(at(stroke), fill=PAPER, width=round(width * unit), joint="curve")
        for x, y in at(stroke):
            half = width * unit / 2
            pen.ellipse((x - half, y - half, x + half, y + half), fill=PAPER)
    return image.reduce(scale)


def _path(points: Stroke) -> str:
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points)


def write(folder: Path = STATIC) -> None:
    """Writes logo.svg, favicon.svg and apple-touch-icon.png."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "logo.svg").write_text(seal_svg([*_HUA, *_FANG], 3.0, "画坊 Huafang"), encoding="utf-8")
    (folder / "favicon.svg").write_text(seal_svg(_HUA_LARGE, 4.6, "画坊 Huafang"), encoding="utf-8")
    seal_png([*_HUA, *_FANG], 3.0, 180).save(folder / "apple-touch-icon.png", optimize=True)


if __name__ == "__main__":
    write()
