"""The painter's seal: characters as our own strokes, pressed in cinnabar paste that never takes evenly."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.canvas import Canvas, Points
from deploy.demo.pictures.noise import Field, smoothstep
from deploy.demo.pictures.palette import CINNABAR

# Strokes on a square of 10 by 10, drawn by us; several characters, so that pictures differ.
GLYPHS: dict[str, list[Points]] = {
    "画": [
        [(1, 1), (9, 1)],
        [(1, 3.6), (1, 9), (9, 9), (9, 3.6)],
        [(3, 3), (7, 3), (7, 7), (3, 7), (3, 3)],
        [(3, 5), (7, 5)],
        [(5, 1), (5, 7)],
    ],
    "坊": [
        [(2, 1), (2, 8)],
        [(0.6, 3.6), (3.6, 3.6)],
        [(0.4, 8.6), (3.8, 7.6)],
        [(6.8, 0.6), (6.8, 2.4)],
        [(4.4, 2.8), (9.6, 2.8)],
        [(6.4, 2.8), (6.2, 6), (4.2, 9.4)],
        [(6.3, 5.2), (9.2, 5.2), (9, 8.6), (7.6, 9.2)],
    ],
    "山": [[(5, 1), (5, 9)], [(1.4, 4), (1.4, 9), (8.6, 9), (8.6, 4)]],
    "月": [
        [(2.6, 1), (2.6, 6.6), (1.2, 9.2)],
        [(2.6, 1), (7.8, 1), (7.8, 9.2), (6.2, 9.2)],
        [(2.6, 3.7), (7.8, 3.7)],
        [(2.6, 6.3), (7.8, 6.3)],
    ],
    "水": [
        [(5, 0.8), (5, 9.2), (3.6, 8.6)],
        [(1, 3.2), (3.6, 3.2), (1, 7.6)],
        [(8.6, 2), (5.4, 4.4), (9, 8.2)],
    ],
    "青": [
        [(1.4, 1.6), (8.6, 1.6)],
        [(2, 3.1), (8, 3.1)],
        [(0.8, 4.7), (9.2, 4.7)],
        [(5, 0.5), (5, 4.7)],
        [(2.4, 9.4), (2.4, 6), (7.6, 6), (7.6, 9.4)],
        [(2.4, 7.3), (7.6, 7.3)],
        [(2.4, 8.5), (7.6, 8.5)],
    ],
}


def press(
    canvas: Canvas, x: float, y: float, size: float, glyphs: str | None = None, carved: bool | None = None
) -> None:
    """One seal with its upper left corner at (x, y); `carved` is white on red (白文), else red on paper (朱文)."""
    rng = canvas.rng
    names = glyphs or str(rng.choice(["画坊", "山月", "青山", "水月", "画", "山"]))
    white_text = bool(rng.random() < 0.5) if carved is None else carved
    wide = size if len(names) == 1 else size * 0.62
    canvas = canvas.part(x - 0.01, y - 0.01, x + wide + 0.01, y + size + 0.01)
    frame = canvas.stencil(3)
    frame.polygon([(x, y), (x + wide, y), (x + wide, y + size), (x, y + size)])
    block = frame.field()
    text = canvas.stencil(3)
    cell = size if len(names) == 1 else size / 2
    for row, name in enumerate(names):
        inset = wide * 0.15
        sx, sy = (wide - 2 * inset) / 10, (cell - 1.5 * inset) / 10
        top = y + row * cell + inset * (1.0 if row == 0 else 0.5)
        for line in GLYPHS[name]:
            text.line([(x + inset + px * sx, top + py * sy) for px, py in line], wide * 0.075)
    letters = text.field()
    if white_text:
        mask = block * (1 - letters)
    else:
        rim = canvas.stencil(3)
        edge = wide * 0.07
        rim.polygon(
            [
                (x + edge, y + edge),
                (x + wide - edge, y + edge),
                (x + wide - edge, y + size - edge),
                (x + edge, y + size - edge),
            ]
        )
        mask = np.maximum(block - rim.field(), letters)
    canvas.cover(mask * worn(canvas, size), CINNABAR)


def worn(canvas: Canvas, size: float) -> Field:
    """Where the paste took: everywhere but for specks."""
    patch = canvas.noise(3.2 / size, 3, 0.7)
    return 0.9 * smoothstep(-2.6, -1.5, patch)
