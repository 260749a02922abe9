"""青花砖: glazed tiles in cobalt on white, each painted by hand, none quite like the next."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.canvas import Canvas
from deploy.demo.pictures.noise import Field, Rng, blur, child, smoothstep
from deploy.demo.pictures.palette import colour, mix

GLAZES = [
    ("#F1F1EA", "#1F3F86", "#5C86C4"),
    ("#F2EEE2", "#1E5A55", "#6FA79A"),
    ("#EFEDE6", "#24386B", "#C08A3E"),
    ("#F3EBDD", "#8A2F2A", "#C9785A"),
]


def draw(rng: Rng, width: int, height: int) -> Canvas:
    """A wall four tiles wide; the pattern runs on from tile to tile."""
    white, dark, pale = (colour(code) for code in GLAZES[int(rng.integers(len(GLAZES)))])
    canvas = Canvas(rng, width, height, white)
    across = int(rng.choice([4, 5]))
    size = canvas.right / across
    # The wall goes on beyond the sheet, so that no joint lies on its edge.
    across_at, down_at = canvas.x / size + 0.45, canvas.y / size + 0.3
    column, row = np.floor(across_at).astype(int), np.floor(down_at).astype(int)
    own = child(rng)
    rows = int(canvas.bottom / size) + 2
    tilt, tint = own.normal(0, 1, (rows, across + 2, 2)), own.normal(0, 1, (rows, across + 2))
    column, row = column + 0 * row, row + 0 * column
    x, y = across_at - column - 0.5, down_at - row - 0.5
    wobble = 0.006 * canvas.noise(14, 2), 0.006 * canvas.noise(14, 2)
    line, fill = PATTERNS[int(rng.integers(3))](x + wobble[0], y + wobble[1], column, row, own)
    soft = 1.2 / (size * canvas.unit)
    brush = 0.82 + 0.13 * np.tanh(canvas.noise(26, 4, 0.6)) + 0.05 * tint[row, column]
    glaze = white * (1 + 0.012 * tint[row, column])[..., None]
    tone = mix(glaze, pale, smoothstep(soft, -soft, fill) * np.clip(brush * 0.78, 0, 1))
    tone = mix(tone, dark, smoothstep(soft, -soft, line) * np.clip(brush, 0, 1))
    bleed = blur(smoothstep(soft, -soft, line), 0.004 * canvas.unit)
    tone = tone * (1 - 0.1 * bleed[..., None] * (1 - dark))
    edge = 0.5 - np.maximum(np.abs(x), np.abs(y)) + 0.003 * canvas.noise(20, 3)
    light = 1 + 0.025 * (tilt[row, column, 0] * x * 2 + tilt[row, column, 1] * y * 2)
    round_off = smoothstep(0.012, 0.034, edge)
    bevel = np.where(np.abs(x) > np.abs(y), -np.sign(x), -np.sign(y)) * (1 - smoothstep(0.014, 0.05, edge)) * 0.10
    canvas.rgb[:] = np.clip(tone * (light + bevel)[..., None], 0, 1)
    canvas.cover(
        1 - round_off,
        mix(colour("#B9AF9F"), colour("#8F8676"), np.clip(0.4 + 0.3 * canvas.noise(70, 2), 0, 1)),
    )
    flaws(canvas)
    gloss = np.clip(1 - np.hypot(canvas.x - 0.2, canvas.y - 0.15) * 0.9, 0, 1) ** 2
    canvas.light(gloss * 0.13 * round_off, colour("#FFFFFF"))
    canvas.wash(np.clip(np.hypot(canvas.x - 0.3, canvas.y - 0.3) - 0.5, 0, 1) * 0.2, colour("#6A6258"))
    return canvas


def star(x: Field, y: Field, _column: Field, _row: Field, rng: Rng) -> tuple[Field, Field]:
    """An eight-pointed flower in the tile, quarter flowers that meet at the corners."""
    points = int(rng.choice([6, 8]))
    r, t = np.hypot(x, y), np.arctan2(y, x)
    petals = r - (0.27 + 0.075 * np.cos(points * t))
    inner = r - (0.15 + 0.04 * np.cos(points * t + np.pi))
    cx, cy = np.abs(x) - 0.5, np.abs(y) - 0.5
    cr, ct = np.hypot(cx, cy), np.arctan2(cy, cx)
    corner = cr - (0.19 + 0.03 * np.cos(8 * ct))
    diamond = np.abs(np.abs(x) + np.abs(y) - 0.475) - 0.011
    line = np.minimum.reduce(
        [
            np.abs(petals) - 0.013,
            np.abs(corner) - 0.012,
            np.abs(cr - 0.1) - 0.009,
            diamond,
            r - 0.05,
            cr - 0.04,
        ]
    )
    veins = np.maximum(np.abs(np.sin(points / 2 * t)) * r - 0.012, np.maximum(petals + 0.03, 0.09 - r))
    line = np.minimum(line, veins)
    fill = np.minimum(np.maximum(petals, -inner), np.maximum(corner, 0.1 - cr))
    return line, fill


def scrolls(x: Field, y: Field, column: Field, row: Field, rng: Rng) -> tuple[Field, Field]:
    """Truchet arcs in three strands, every tile turned at random."""
    turn = rng.integers(0, 2, (64, 64))[row % 64, column % 64]
    x = np.where(turn == 1, -x, x)
    line, fill = np.full(x.shape, 9.0), np.full(x.shape, 9.0)
    for sx, sy in ((-0.5, -0.5), (0.5, 0.5)):
        r = np.hypot(x - sx, y - sy)
        for at, wide in ((0.5, 0.036), (0.36, 0.011), (0.64, 0.011)):
            line = np.minimum(line, np.abs(r - at) - wide)
        fill = np.minimum(fill, np.abs(r - 0.5) - 0.125)
        t = np.arctan2(y - sy, x - sx)
        bead = np.hypot((np.mod(t * 6 / (np.pi / 2), 1) - 0.5) * np.pi / 12 * 0.22, r - 0.22) - 0.017
        line = np.minimum(line, np.where(r < 0.3, bead, 9.0))
        line = np.minimum(line, r - 0.09)
    for sx, sy in ((-0.5, 0.5), (0.5, -0.5)):
        r = np.hypot(x - sx, y - sy)
        line = np.minimum(line, np.abs(r - 0.135) - 0.011)
    return line, fill


def knots(x: Field, y: Field, _column: Field, _row: Field, _rng: Rng) -> tuple[Field, Field]:
    """Interlaced rings with a small blossom where they leave room."""
    line, fill = np.full(x.shape, 9.0), np.full(x.shape, 9.0)
    for sx, sy in ((0.0, 0.5), (0.0, -0.5), (0.5, 0.0), (-0.5, 0.0)):
        r = np.hypot(x - sx, y - sy)
        ring = np.abs(r - 0.4)
        line = np.minimum(line, np.abs(ring - 0.05) - 0.011)
        fill = np.minimum(fill, ring - 0.05)
    r, t = np.hypot(x, y), np.arctan2(y, x)
    flower = r - (0.075 + 0.026 * np.cos(5 * t))
    line = np.minimum(line, np.abs(flower) - 0.009)
    line = np.minimum(line, r - 0.024)
    cx, cy = np.abs(x) - 0.5, np.abs(y) - 0.5
    cr, ct = np.hypot(cx, cy), np.arctan2(cy, cx)
    return np.minimum(line, cr - (0.07 + 0.03 * np.cos(4 * ct))), np.minimum(fill, np.where(r < 0.12, flower, 9.0))


PATTERNS = (star, scrolls, knots)


def flaws(canvas: Canvas) -> None:
    """Pinholes and iron specks of the firing."""
    rng = canvas.rng
    stencil = canvas.stencil()
    for _ in range(160):
        stencil.circle(
            canvas.right * rng.random(), canvas.bottom * rng.random(), float(rng.exponential(0.0006)) + 0.0004
        )
    canvas.wash(stencil.field() * 0.5, colour("#6A4A34"))
