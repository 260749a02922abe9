"""织锦: brocade, thread over thread, with an old pattern in the float."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.canvas import Canvas
from deploy.demo.pictures.noise import Field, Rng, blur, smoothstep
from deploy.demo.pictures.palette import colour, mix

SILKS = [
    ("#7A1F2B", ["#D9A648", "#E9D7B0", "#B5493A"]),
    ("#17324A", ["#C9A45A", "#DCE3DC", "#4F86A0"]),
    ("#1F4A40", ["#D7B469", "#E6E2CC", "#C56B4A"]),
    ("#E6D9BF", ["#8B2F2A", "#2F4A63", "#B58A4A"]),
    ("#3A2540", ["#D0A35C", "#E2CBD0", "#8C5A86"]),
]


def draw(rng: Rng, width: int, height: int) -> Canvas:
    """Folds of cloth lit from one side; every thread drawn."""
    ground, codes = SILKS[int(rng.integers(len(SILKS)))]
    canvas = Canvas(rng, width, height)
    drape, light = folds(canvas)
    u = canvas.x + drape * 0.03 + 0 * canvas.y
    v = canvas.y + drape * 0.035 + 0.02 * np.sin(canvas.x * 3)
    pattern = (meander, medallions, hexes, waves)[int(rng.integers(4))]
    figure = pattern(u, v)
    pigments = [colour(ground), *(colour(code) for code in codes)]
    threads(canvas, u, v, figure, pigments)
    canvas.rgb *= light[..., None]
    sheen = smoothstep(0.72, 1.0, light / light.max())
    canvas.light(sheen * 0.16 * (0.4 + 0.6 * (figure > 0)), mix(pigments[1], colour("#FFF6E0"), 0.5))
    return canvas


def folds(canvas: Canvas) -> tuple[Field, Field]:
    """The height of soft diagonal folds, and the light on them."""
    rng = canvas.rng
    lean = rng.uniform(0.35, 0.7) * rng.choice([-1, 1])
    s = canvas.x + lean * canvas.y + 0.05 * canvas.noise(1.2, 2)
    height = canvas.blank()
    for _ in range(4):
        at, wide = rng.uniform(-0.4, 1.4), rng.uniform(0.06, 0.16)
        height += rng.uniform(0.3, 0.8) * np.exp(-(((s - at) / wide) ** 2))
    slope = np.gradient(blur(height, 0.006 * canvas.unit), axis=1) * canvas.unit
    light = 0.92 - 0.40 * np.tanh(slope * 0.14) - 0.14 * np.exp(-height * 2) * (slope > 0)
    return height, np.clip(light, 0.3, 1.25)


def cell(value: Field) -> Field:
    """Place within the repeat, -0.5 to 0.5."""
    return np.asarray(value - np.round(value))


def meander(u: Field, v: Field) -> Field:
    """A lattice of squared spirals (回纹) with flowers in the crossings: 1, 2 or 3 is which thread floats."""
    n = 5.2
    a, b = (u + v) * n / 1.414, (u - v) * n / 1.414
    x, y = cell(a), cell(b)
    m = np.maximum(np.abs(x), np.abs(y))
    turn = np.arctan2(y, x)
    spiral = np.mod(m * 9 + np.floor((turn + np.pi * 0.75) / (np.pi / 2)) * 0.25, 1)
    figure = np.where((spiral < 0.5) & (m > 0.12) & (m < 0.44), 1, 0)
    figure = np.where(m > 0.465, 2, figure)
    flower = np.hypot(x, y) < 0.085 + 0.03 * np.cos(turn * 4)
    return np.asarray(np.where(flower, 3, figure))


def medallions(u: Field, v: Field) -> Field:
    """Round flowers (团花) in a half-drop, with small blossoms between."""
    n = 3.3
    row = np.round(v * n)
    x, y = cell(u * n + 0.5 * np.mod(row, 2)), v * n - row
    r, t = np.hypot(x, y), np.arctan2(y, x)
    petal = 0.30 + 0.035 * np.cos(8 * t)
    figure = np.where(np.abs(r - 0.41) < 0.012, 2, 0)
    figure = np.where((r < petal) & (r > 0.2), 1, figure)
    figure = np.where((np.abs(r - petal + 0.02) < 0.011) & (r > 0.2), 2, figure)
    figure = np.where((r < 0.19 + 0.02 * np.cos(16 * t)) & (r > 0.14), 3, figure)
    figure = np.where((r < 0.12 + 0.035 * np.cos(6 * t)), 1, figure)
    figure = np.where(r < 0.04, 2, figure)
    x2, y2 = cell(u * n + 0.5 * np.mod(np.floor(v * n), 2) + 0.5), cell(v * n + 0.5)
    small = np.hypot(x2, y2)
    figure = np.where((small < 0.055 + 0.022 * np.cos(5 * np.arctan2(y2, x2))) & (r > 0.43), 3, figure)
    return np.asarray(figure)


def hexes(u: Field, v: Field) -> Field:
    """Tortoise-shell (龟背) with a flower in each cell."""
    n = 7.0
    q, w = u * n, v * n / 0.866
    row = np.round(w)
    candidates = []
    for k in (-1, 0, 1):
        j = row + k
        x = q - np.round(q - 0.5 * np.mod(j, 2)) - 0.5 * np.mod(j, 2)
        candidates.append((x, (w - j) * 0.866))
    away = np.stack([np.hypot(x, y) for x, y in candidates])
    best = away.argmin(0)
    x = np.choose(best, [c[0] for c in candidates])
    y = np.choose(best, [c[1] for c in candidates])
    edge = np.maximum(np.abs(x), np.maximum(np.abs(x * 0.5 + y * 0.866), np.abs(x * 0.5 - y * 0.866)))
    r, t = np.hypot(x, y), np.arctan2(y, x)
    figure = np.where(edge > 0.455, 1, 0)
    figure = np.where((edge > 0.37) & (edge < 0.4), 2, figure)
    figure = np.where(r < 0.2 + 0.06 * np.cos(6 * t), 1, figure)
    return np.asarray(np.where(r < 0.07, 3, figure))


def waves(u: Field, v: Field) -> Field:
    """Vertical vines (缠枝) with leaves on both sides."""
    n = 3.0
    swing = 0.16 * np.sin(v * 2 * np.pi * n)
    x = cell(u * n * 1.1 + swing)
    stem = np.abs(x) < 0.022
    y = cell(v * n * 4)
    side = np.where(np.mod(np.round(v * n * 4), 2) == 0, 1.0, -1.0)
    lx, ly = x * side - 0.16, y * 0.34 + (x * side - 0.16) * 0.9
    leaf = (lx / 0.13) ** 2 + (ly / (0.085 * np.clip(1.1 - np.abs(lx) / 0.16, 0.15, 1))) ** 2 < 1
    vein = (np.abs(ly) < 0.014) & leaf
    figure = np.where(leaf, 1, 0)
    figure = np.where(vein, 0, figure)
    bx, by = cell(u * n * 1.1 + swing + 0.5), cell(v * n * 1.0 + 0.25)
    r, t = np.hypot(bx, by * 1.08), np.arctan2(by, bx)
    figure = np.where(r < 0.15 + 0.03 * np.cos(5 * t), 2, figure)
    figure = np.where(r < 0.06 + 0.014 * np.cos(5 * t), 3, figure)
    return np.asarray(np.where(stem, 1, figure))


def threads(canvas: Canvas, u: Field, v: Field, figure: Field, pigments: list[Field]) -> None:
    """Satin ground of warp, figure of weft; each thread rounded, a little uneven."""
    count = min(300.0, canvas.unit / 3.2)
    warp, weft = u * count, v * count
    across_warp, across_weft = np.abs(cell(warp)) * 2, np.abs(cell(weft)) * 2
    # In the ground the warp lies over four wefts of five (satin); in the figure the weft lies over.
    under = np.mod(np.round(warp) * 2 + np.round(weft), 5) == 0
    floats = figure > 0
    top_weft = floats ^ under
    round_warp, round_weft = np.sqrt(1 - 0.72 * across_warp**2), np.sqrt(1 - 0.72 * across_weft**2)
    shade = np.where(top_weft, round_weft, round_warp * 0.97)
    palette = np.stack(pigments)
    tone = palette[np.where(top_weft, figure, 0).astype(int)]
    step = np.abs(np.diff(figure, axis=0, append=figure[-1:])) + np.abs(np.diff(figure, axis=1, append=figure[:, -1:]))
    relief = blur(np.clip(step, 0, 1).astype(np.float32), 0.0016 * canvas.unit)
    uneven = 1 + 0.05 * canvas.noise(120, 2, stretch=6) + 0.04 * canvas.noise(120, 2, stretch=1 / 6)
    canvas.rgb[:] = np.clip(tone * (shade * uneven * (1 - 0.4 * relief))[..., None], 0, 1)
