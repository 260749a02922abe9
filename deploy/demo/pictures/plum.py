"""墨梅: an old branch in dry ink, blossoms in thin red."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.brush import stroke
from deploy.demo.pictures.canvas import Canvas, spline
from deploy.demo.pictures.noise import Field, Rng, blur, curve, smoothstep
from deploy.demo.pictures.palette import CINNABAR, INK, RICE, ROUGE, colour, mix
from deploy.demo.pictures.stamp import press

GROUNDS = [RICE, colour("#EFE6D2"), colour("#E4E4DC"), colour("#DDE3DC")]


def draw(rng: Rng, width: int, height: int) -> Canvas:
    """One bough crossing the sheet, twigs, forty blossoms, a pale moon behind."""
    canvas = Canvas(rng, width, height, GROUNDS[int(rng.integers(len(GROUNDS)))])
    canvas.paper()
    side = float(rng.choice([-1, 1]))
    moon(canvas, side)
    paths = grow(canvas, side)
    for path, thick in paths:
        paint_limb(canvas, path, thick)
    petal = mix(ROUGE, CINNABAR, float(rng.random())) if rng.random() < 0.8 else colour("#F8F4EC")
    blossoms(canvas, paths, petal)
    press(canvas, canvas.right * (0.075 if side < 0 else 0.855), canvas.bottom * 0.87, 0.075)
    return canvas


def moon(canvas: Canvas, side: float) -> None:
    """A disc left lighter than a faint wash around it."""
    x, y = canvas.right * (0.5 + 0.16 * side), canvas.bottom * 0.3
    radius = canvas.rng.uniform(0.2, 0.26)
    away = np.hypot(canvas.x - x, canvas.y - y)
    halo = np.exp(-((away - radius).clip(0) / 0.22)) * smoothstep(radius - 0.002, radius + 0.002, away)
    canvas.wash(halo * (0.2 + 0.05 * canvas.noise(4, 3)), colour("#6F7672"))


def grow(canvas: Canvas, side: float) -> list[tuple[Field, Field]]:
    """The bough and what grows from it: pairs of path and half-width."""
    rng = canvas.rng
    w, h = canvas.right, canvas.bottom

    def place(x: float, y: float) -> tuple[float, float]:
        return (w * (0.5 - side * x), h * y)

    j = rng.normal(0, 0.025, 12)
    main = [
        place(0.56, 0.99),
        place(0.37 + j[0], 0.83),
        place(0.27 + j[1], 0.66 + j[2]),
        place(0.06 + j[3], 0.55 + j[4]),
        place(-0.04 + j[5], 0.39 + j[6]),
        place(-0.25 + j[7], 0.31 + j[8]),
        place(-0.36 + j[9], 0.2),
    ]
    limbs = [limb(canvas, main, 0.036, 0.007)]
    trunk = limbs[0][0]
    for _ in range(int(rng.integers(8, 12))):
        twig(canvas, limbs, trunk, float(rng.uniform(0.2, 0.95)), float(rng.uniform(0.18, 0.42)), 0.0075)
    for parent, _ in list(limbs[1:]):
        for _ in range(2):
            twig(canvas, limbs, parent, float(rng.uniform(0.3, 0.8)), float(rng.uniform(0.06, 0.15)), 0.0045)
    return limbs


def limb(canvas: Canvas, points: list[tuple[float, float]], start: float, end: float) -> tuple[Field, Field]:
    """A knotty path: a spline with kinks, thinner towards its end."""
    path = spline(points, 240)
    rng = canvas.rng
    knot = np.stack([curve(rng, 240, 7, 3), curve(rng, 240, 7, 3)], axis=1) * start * 0.32
    width = np.linspace(start, end, 240) * (1 + 0.2 * curve(rng, 240, 11, 2)).clip(0.55, 1.6)
    return path + knot, width


def twig(
    canvas: Canvas, limbs: list[tuple[Field, Field]], parent: Field, at: float, reach: float, start: float
) -> None:
    """A shoot, straight and upward as plum shoots are."""
    rng = canvas.rng
    k = int(at * (len(parent) - 2))
    root, heading = parent[k], parent[k + 1] - parent[k]
    base = np.arctan2(heading[1], heading[0])
    angle = base + rng.choice([-1, 1]) * rng.uniform(0.4, 1.0)
    angle += 0.35 * np.sin(-np.pi / 2 - angle)
    points = [tuple(root)]
    for _ in range(3):
        angle += rng.normal(0, 0.16)
        last = points[-1]
        points.append((last[0] + np.cos(angle) * reach / 3, last[1] + np.sin(angle) * reach / 3))
    limbs.append(limb(canvas, points, start, start * 0.3))


def paint_limb(canvas: Canvas, path: Field, width: Field) -> None:
    """Ink with a drier pass on top, lighter on the side of the light."""
    big = float(width.max())
    window, ink = stroke(canvas, path, width, dry=0.5 if big > 0.02 else 0.22, hairs=160)
    if big > 0.02:
        rough = np.tanh(window.noise(80, 3, 0.8))
        window.wash(blur(ink, 0.003 * canvas.unit) * 0.3, colour("#4B4740"))
        window.wash(ink * (0.78 + 0.2 * rough), INK)
    else:
        window.wash(ink * 0.9, INK)


def blossoms(canvas: Canvas, limbs: list[tuple[Field, Field]], petal: Field) -> None:
    """Open flowers, half-open ones and buds along the twigs."""
    rng = canvas.rng
    flowers = []
    for path, _ in limbs[1:]:
        for _ in range(int(rng.integers(1, 4))):
            k = int(rng.integers(int(len(path) * 0.25), len(path)))
            flowers.append(
                (
                    path[k] + rng.normal(0, 0.006, 2),
                    float(rng.choice([0.034, 0.028, 0.022, 0.012], p=[0.3, 0.3, 0.2, 0.2])),
                )
            )
    for (x, y), size in flowers:
        if -0.02 < x < canvas.right + 0.02 and -0.02 < y < canvas.bottom:
            flower(canvas, float(x), float(y), size, petal)


def flower(canvas: Canvas, x: float, y: float, size: float, petal: Field) -> None:
    """Five petals, pale at the heart, the colour pooled at the rim, and stamens in ink."""
    rng = canvas.rng
    reach = int(size * 1.7 * canvas.unit) + 3
    cx, cy = int(x * canvas.unit), int(y * canvas.unit)
    rows, columns = (
        slice(max(cy - reach, 0), max(cy + reach, 0)),
        slice(max(cx - reach, 0), max(cx + reach, 0)),
    )
    px, py = canvas.x[:, columns] - x, canvas.y[rows] - y
    squash, turn, lean = rng.uniform(0.62, 1.0), rng.uniform(0, 2 * np.pi), rng.uniform(0, np.pi)
    if not px.size or not py.size:
        return
    ux = px * np.cos(lean) + py * np.sin(lean)
    uy = (-px * np.sin(lean) + py * np.cos(lean)) / squash
    shape = np.zeros(ux.shape, dtype=np.float32)
    depth = np.zeros(ux.shape, dtype=np.float32)
    open_wide = size > 0.015
    for k in range(5 if open_wide else 2):
        angle = turn + 2 * np.pi * k / 5 + rng.normal(0, 0.07)
        away = np.hypot(ux - np.cos(angle) * size * 0.55, uy - np.sin(angle) * size * 0.55)
        r = size * rng.uniform(0.47, 0.54)
        soft = max(1.0 / canvas.unit, size * 0.03)
        drop = smoothstep(r + soft, r - soft, away)
        tone = 0.3 + 0.7 * (away / r).clip(0, 1) ** 2.5 - 0.35 * np.exp(-np.hypot(ux, uy) / (0.4 * size))
        depth = np.where(drop > 0.5, tone, depth)
        shape = np.maximum(shape, drop)
    pale = float(petal.mean()) > 0.85
    inner = mix(petal, colour("#FBF3EA"), 0.0 if pale else 0.62)
    tint = mix(inner, mix(petal, INK, 0.22) if pale else petal, np.clip(depth, 0, 1) * (0.6 if pale else 1.0))
    view = canvas.rgb[rows, columns]
    view += (tint - view) * (shape * 0.93)[..., None]
    if open_wide:
        stamens(canvas, x, y, size * 0.55, squash)


def stamens(canvas: Canvas, x: float, y: float, reach: float, squash: float) -> None:
    """A dozen hairs with dotted ends."""
    rng = canvas.rng
    stencil = canvas.rgb
    for angle in rng.uniform(0, 2 * np.pi, 9):
        length = reach * rng.uniform(0.55, 1.0)
        t = np.linspace(0.12, 1, max(6, int(length * canvas.unit * 2)))
        xs = ((x + np.cos(angle) * length * t) * canvas.unit).astype(int)
        ys = ((y + np.sin(angle) * length * squash * t) * canvas.unit).astype(int)
        inside = (xs >= 1) & (ys >= 1) & (xs < canvas.width - 1) & (ys < canvas.height - 1)
        stencil[ys[inside], xs[inside]] *= 0.72
        if inside.all():
            size = max(1, round(canvas.unit / 520))
            stencil[ys[-1] : ys[-1] + size, xs[-1] : xs[-1] + size] *= 0.3
