"""印谱: a page of seals in nine-fold script (九叠篆), red on paper and paper on red."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.canvas import Canvas
from deploy.demo.pictures.noise import Field, Rng, blur, child, smoothstep
from deploy.demo.pictures.palette import CINNABAR, INK, RICE, colour, mix


def draw(rng: Rng, width: int, height: int) -> Canvas:
    """One great seal, or a page of many, with thin column rules."""
    canvas = Canvas(rng, width, height, mix(RICE, colour("#EDE2CC"), float(rng.random())))
    canvas.paper(1.3)
    w, h = canvas.right, canvas.bottom
    if rng.random() < 0.3:
        great(canvas, w * 0.5, h * 0.45, 0.5)
        for k in range(3):
            seal(canvas, w * 0.5 + (k - 1) * 0.16, h * 0.84, 0.1)
        return canvas
    rules(canvas)
    columns, rows = (3, 4) if rng.random() < 0.6 else (4, 5)
    cell_x, cell_y = w * 0.84 / columns, h * 0.84 / rows
    skip = int(rng.integers(columns * rows))
    for k in range(columns * rows):
        if k == skip:
            continue
        x, y = w * 0.08 + cell_x * (k % columns + 0.5), h * 0.08 + cell_y * (k // columns + 0.5)
        seal(canvas, x, y, min(cell_x, cell_y) * float(rng.uniform(0.58, 0.76)))
    return canvas


def rules(canvas: Canvas) -> None:
    """The printed frame of the album page."""
    stencil = canvas.stencil(3)
    for inset, width in ((0.045, 0.003), (0.055, 0.001)):
        a, b, c, d = inset, inset, canvas.right - inset, canvas.bottom - inset
        stencil.line([(a, b), (c, b), (c, d), (a, d), (a, b)], width)
    canvas.wash(stencil.field() * 0.62, INK)


def script(rng: Rng, size: int) -> Field:
    """A character of folded strokes on a grid: bars that fill the square evenly, joined so that none floats."""
    grid = np.zeros((size, size), dtype=np.float32)
    grid[::2] = 1.0
    mirrored = rng.random() < 0.55
    for row in range(1, size, 2):
        joins = rng.choice(np.arange(0, size, 2), size=int(rng.integers(1, 3)), replace=False)
        grid[row, joins] = 1.0
        if mirrored:
            grid[row, size - 1 - joins] = 1.0
    for row in range(0, size, 2):
        if rng.random() < 0.62:
            gap = int(rng.choice(np.arange(1, size, 2)))
            grid[row, gap] = 0.0
            if mirrored:
                grid[row, size - 1 - gap] = 0.0
    if rng.random() < 0.5:
        grid[:, size // 2 - (size // 2) % 2] = 1.0
    return grid if rng.random() < 0.7 else np.ascontiguousarray(grid.T)


def seal(canvas: Canvas, x: float, y: float, size: float) -> None:
    """One small seal: square, round or a gourd; one, two or four characters."""
    rng = canvas.rng
    shape = str(rng.choice(["square", "square", "square", "round", "tall"]))
    carved = bool(rng.random() < 0.5)
    wide, tall = (size * 0.6, size) if shape == "tall" else (size, size)
    count = (1, 2) if shape == "tall" else ((1, 1) if rng.random() < 0.4 else (2, 2))
    impress(canvas, x, y, wide, tall, count, carved, shape == "round", int(rng.choice([7, 9])))


def great(canvas: Canvas, x: float, y: float, size: float) -> None:
    """An official seal: a broad rim, three by three characters."""
    impress(canvas, x, y, size, size, (3, 3), False, False, 9)


def impress(
    canvas: Canvas,
    x: float,
    y: float,
    wide: float,
    tall: float,
    count: tuple[int, int],
    carved: bool,
    circular: bool,
    fold: int,
) -> None:
    """Presses characters in a frame: soft edges, paste that failed in places, a slight turn."""
    rng = child(canvas.rng)
    turn = rng.normal(0, 0.012)
    reach = max(wide, tall) * 0.62
    part = canvas.part(x - reach, y - reach, x + reach, y + reach)
    dx, dy = part.x - x, part.y - y
    jag = 0.0055 * wide / max(count) * part.noise(9 / wide, 3, 0.7)
    u = (dx * np.cos(turn) + dy * np.sin(turn) + jag) / wide + 0.5
    v = (dy * np.cos(turn) - dx * np.sin(turn) + jag[::-1]) / tall + 0.5
    soft = 0.9 / (wide * canvas.unit)
    away = (np.hypot(u - 0.5, (v - 0.5)) - 0.5) if circular else np.maximum(np.abs(u - 0.5), np.abs(v - 0.5)) - 0.5
    rim = 0.05 if count[0] < 3 else 0.075
    body = smoothstep(soft, -soft, away)
    inset = rim * 2.0 + (0.1 if circular else 0)
    columns, rows = count
    pen = np.zeros_like(u)
    cu, cv = (u - inset) / (1 - 2 * inset) * columns, (v - inset) / (1 - 2 * inset) * rows
    for i in range(columns):
        for j in range(rows):
            glyph = script(rng, fold)
            gu, gv = (cu - i - 0.06) / 0.88 * fold, (cv - j - 0.06) / 0.88 * fold
            inside = (gu >= 0) & (gu < fold) & (gv >= 0) & (gv < fold)
            found = glyph[np.clip(gv, 0, fold - 1).astype(int), np.clip(gu, 0, fold - 1).astype(int)]
            pen = np.where(inside, found, pen)
    pen = smoothstep(0.3, 0.7, blur(pen.astype(np.float32), max(0.5, wide / columns / fold * canvas.unit * 0.16)))
    frame = smoothstep(soft, -soft, away) * smoothstep(-rim - soft, -rim + soft, away)
    mask = body * (1 - pen) if carved else np.maximum(frame, pen * body)
    chipped = smoothstep(-2.5, -1.5, part.noise(4.5 / wide, 4, 0.75)) * smoothstep(-3.2, -1.9, part.noise(26 / wide, 2))
    paste = 0.9 + 0.08 * np.tanh(part.noise(8, 3))
    tone = mix(CINNABAR, colour("#A82A20"), float(rng.random() * 0.7))
    part.cover(mask * chipped * paste, tone)
    part.wash(blur(mask, 0.004 * canvas.unit) * 0.05, tone)
