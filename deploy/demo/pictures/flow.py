"""流: ribbons that follow one slow field and never cross."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from deploy.demo.pictures.canvas import Canvas, ribbon
from deploy.demo.pictures.noise import Field, Rng, child, fbm
from deploy.demo.pictures.palette import colour
from deploy.demo.pictures.stamp import press

SCHEMES = [
    ("#F2EADB", ["#1E2A38", "#2F5D62", "#C8402F", "#D9A441", "#8FA89B", "#E3D3BC", "#3B4B8C"]),
    ("#17202B", ["#E8DCC4", "#C8513A", "#D9A441", "#4F7F86", "#2C4257", "#9DB4AB", "#7A3B3B"]),
    ("#E9E4DA", ["#23302B", "#3F6B57", "#7FA08A", "#C9D2BC", "#B58A4A", "#8B3A2E"]),
    ("#EFE6D6", ["#20201E", "#4B4A46", "#8D8A82", "#C4BFB3", "#C23B2A"]),
]
GRID = 360


def draw(rng: Rng, width: int, height: int) -> Canvas:
    """Long ribbons first, then shorter and thinner ones wherever room is left."""
    ground, codes = SCHEMES[int(rng.integers(len(SCHEMES)))]
    canvas = Canvas(rng, width, height, colour(ground))
    canvas.paper(0.8)
    angles = field(canvas)
    rows, columns = int(GRID * canvas.bottom), int(GRID * canvas.right)
    taken = np.zeros((rows, columns), dtype=bool)
    layers = [canvas.stencil() for _ in codes]
    weights = np.array([0.34, 0.2, 0.12, 0.12, 0.1, 0.08, 0.04][: len(codes)])
    plans = [
        (0.0135, 90, 260, 0.4),
        (0.007, 60, 600, 0.25),
        (0.0034, 34, 1500, 0.12),
        (0.0018, 16, 2300, 0.05),
    ]
    own = child(rng)
    for half, steps, tries, shortest in plans:
        for _ in range(tries):
            path = trace(own, angles, taken, half, steps, shortest)
            if path is not None:
                pick = int(own.choice(len(codes), p=weights / weights.sum()))
                ends = np.minimum(1.0, np.minimum(np.arange(len(path)), np.arange(len(path))[::-1]) / 2.0 + 0.55)
                layers[pick].polygon(ribbon(path, half * ends))
    for stencil, code in zip(layers, codes, strict=True):
        mask = stencil.field()
        streak = 1 - 0.05 * canvas.noise(90, 2)[..., None]
        canvas.cover(mask * 0.97, colour(code) * streak)
    frame(canvas, colour(ground))
    press(canvas, canvas.right * 0.885, canvas.bottom - 0.058, 0.045, carved=True)
    return canvas


def field(canvas: Canvas) -> Field:
    """Directions on a coarse grid: one slow noise, a vortex, and a lean."""
    rng = canvas.rng
    rows, columns = int(GRID * canvas.bottom), int(GRID * canvas.right)
    y, x = np.mgrid[0:rows, 0:columns] / GRID
    cx, cy = canvas.right * rng.uniform(0.2, 0.8), canvas.bottom * rng.uniform(0.2, 0.8)
    around = np.arctan2(y - cy, x - cx) + np.pi / 2
    pull = np.exp(-((np.hypot(x - cx, y - cy) / 0.45) ** 2)) * rng.uniform(0.6, 1.0)
    base = rng.uniform(-0.9, 0.9) + fbm(rng, columns, rows, 1.1, 2, 0.35) * 0.85
    return np.asarray(
        np.arctan2(
            np.sin(base) * (1 - pull) + np.sin(around) * pull,
            np.cos(base) * (1 - pull) + np.cos(around) * pull,
        )
    )


def trace(
    rng: Rng, angles: Field, taken: npt.NDArray[np.bool_], half: float, steps: int, shortest: float
) -> Field | None:
    """A free path through the field, marked as taken, or None where there is no room."""
    rows, columns = taken.shape
    stride, gap = 0.0085, half * 1.28 + 0.0012
    x, y = rng.uniform(0, columns / GRID), rng.uniform(0, rows / GRID)
    path = []
    for _ in range(steps):
        column, row = int(x * GRID), int(y * GRID)
        if not (0 <= column < columns and 0 <= row < rows) or taken[row, column]:
            break
        angle = float(angles[row, column])
        ox, oy = -np.sin(angle) * gap * GRID, np.cos(angle) * gap * GRID
        near = [(int(x * GRID + s * ox), int(y * GRID + s * oy)) for s in (-1.0, -0.5, 0.5, 1.0)]
        if any(0 <= c < columns and 0 <= r < rows and taken[r, c] for c, r in near):
            break
        path.append((x, y))
        x, y = x + np.cos(angle) * stride, y + np.sin(angle) * stride
    if len(path) * stride < max(shortest, 0.03):
        return None
    points = np.array(path)
    mark(taken, points, half)
    return points


def mark(taken: npt.NDArray[np.bool_], points: Field, half: float) -> None:
    """Takes a band of cells round a path."""
    reach = int(np.ceil(half * GRID))
    columns, rows = (points[:, 0] * GRID).astype(int), (points[:, 1] * GRID).astype(int)
    for dx in range(-reach, reach + 1):
        for dy in range(-reach, reach + 1):
            if dx * dx + dy * dy <= (half * GRID + 0.5) ** 2:
                c, r = columns + dx, rows + dy
                kept = (c >= 0) & (r >= 0) & (c < taken.shape[1]) & (r < taken.shape[0])
                taken[r[kept], c[kept]] = True


def frame(canvas: Canvas, ground: Field) -> None:
    """A margin of bare paper, as prints have."""
    edge = 0.055
    inside = (
        (canvas.x > edge)
        & (canvas.x < canvas.right - edge)
        & (canvas.y > edge)
        & (canvas.y < canvas.bottom - edge * 1.3)
    )
    canvas.cover((~inside).astype(np.float32), ground)
