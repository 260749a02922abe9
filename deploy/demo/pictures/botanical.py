"""草木蓝晒: ferns and grasses grown by rule, printed as a cyanotype."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.canvas import Canvas, Stencil, spline
from deploy.demo.pictures.noise import Field, Rng, blur, smoothstep
from deploy.demo.pictures.palette import colour, mix

BLUES = [("#0E2F58", "#F2F3EA"), ("#12394F", "#F1EEE0"), ("#1B3F36", "#F0EEDD"), ("#4A1F2A", "#F4E9DC")]


def draw(rng: Rng, width: int, height: int) -> Canvas:
    """Layers of fronds, each letting through a little light where it lay on another."""
    dark, pale = (colour(code) for code in BLUES[int(rng.integers(len(BLUES)))])
    canvas = Canvas(rng, width, height, pale)
    exposed = canvas.blank(1.0)
    foot = canvas.right * 0.5 + rng.normal(0, 0.05)
    count = int(rng.integers(6, 9))
    for k in range(count):
        layer = canvas.stencil()
        lean = (k / (count - 1) - 0.5) * 1.5 * (1 if k % 2 else -1) + rng.normal(0, 0.12)
        grow(canvas, layer, float(foot + lean * 0.1), lean, k)
        mask = layer.field()
        if k % 3 == 0:
            mask = blur(mask, 0.0022 * canvas.unit)
        exposed *= 1 - mask * rng.uniform(0.62, 0.86)
    sheet = brushed(canvas)
    uneven = 1 + 0.07 * canvas.noise(3, 4) + 0.035 * canvas.noise(60, 2)
    tone = np.clip(exposed**0.8 * sheet * uneven, 0, 1)
    canvas.cover(
        tone,
        mix(
            dark,
            colour("#3F6FA0") if dark[2] > 0.3 else mix(dark, pale, 0.25),
            np.clip(0.2 + 0.1 * canvas.noise(2, 3), 0, 0.6),
        ),
    )
    canvas.paper(1.1)
    return canvas


def brushed(canvas: Canvas) -> Field:
    """The sensitised rectangle with brush-marked edges."""
    across, down = canvas.noise(45, 2, stretch=14), canvas.noise(45, 2, stretch=1 / 14)
    rough = canvas.noise(5, 3) * 0.004
    x = np.minimum(canvas.x, canvas.right - canvas.x) + across * 0.004 + rough
    y = np.minimum(canvas.y, canvas.bottom - canvas.y) + down * 0.004 + rough
    streaks = 1 - 0.1 * smoothstep(0.6, 2.0, down)
    return np.asarray(smoothstep(0.045, 0.054, x) * smoothstep(0.045, 0.054, y) * streaks)


def grow(canvas: Canvas, layer: Stencil, foot: float, lean: float, k: int) -> None:
    """One plant from the foot of the sheet: a fern, an umbel, a grass or a twig with oval leaves."""
    rng = canvas.rng
    tall = canvas.bottom * float(rng.uniform(0.55, 0.84)) * (1 - 0.22 * abs(lean))
    sway = rng.normal(0, 0.05)
    tip = (foot + lean * tall * 0.55 + sway, canvas.bottom * 0.96 - tall)
    middle = (foot + lean * tall * 0.16 - sway, canvas.bottom * 0.96 - tall * 0.5)
    path = spline([(foot, canvas.bottom * 0.96), middle, tip], 220)
    (fern, umbel, sprig, fern, grass)[k % 5](rng, layer, path)


def taper_line(layer: Stencil, path: Field, start: float, end: float) -> None:
    """A stem that thins."""
    for k in range(0, len(path) - 6, 6):
        layer.line(path[k : k + 8], start + (end - start) * k / len(path))


def heading(path: Field, k: int) -> float:
    """The direction of a path at one sample."""
    d = path[min(k + 2, len(path) - 1)] - path[max(k - 2, 0)]
    return float(np.arctan2(d[1], d[0]))


def blade(layer: Stencil, x: float, y: float, angle: float, size: float, wide: float, bend: float = 0.0) -> None:
    """A pointed leaf."""
    t = np.linspace(0, 1, 14)
    turn = angle + bend * t
    px, py = x + np.cumsum(np.cos(turn)) * size / 14, y + np.cumsum(np.sin(turn)) * size / 14
    half = size * wide * np.sin(np.pi * t**0.8)
    nx, ny = -np.sin(turn) * half, np.cos(turn) * half
    layer.polygon(np.concatenate([np.stack([px + nx, py + ny], 1), np.stack([px - nx, py - ny], 1)[::-1]]))


def fern(rng: Rng, layer: Stencil, path: Field) -> None:
    """Pinnae with leaflets, longest a third of the way up."""
    taper_line(layer, path, 0.005, 0.001)
    reach = rng.uniform(0.13, 0.19)
    for k in range(24, 216, 6):
        t = k / 220
        size = reach * np.sin(np.pi * min(1.0, t * 0.9 + 0.16)) ** 0.8 * (1.15 - t)
        for hand in (-1, 1):
            angle = heading(path, k) + hand * (1.25 - 0.45 * t)
            pinna(layer, path[k], angle, size, -hand * 0.25)


def pinna(layer: Stencil, root: Field, angle: float, size: float, bend: float) -> None:
    """One side frond: a midrib and paired leaflets."""
    count = max(4, int(size / 0.0075))
    x, y = float(root[0]), float(root[1])
    for j in range(count):
        t = j / count
        turn = angle + bend * t
        x, y = x + np.cos(turn) * size / count, y + np.sin(turn) * size / count
        leaf = 0.022 * (1 - t) ** 0.7 * (size / 0.14) ** 0.5 + 0.002
        for hand in (-1, 1):
            blade(layer, x, y, turn + hand * 1.05, leaf, 0.2)
    layer.line([(float(root[0]), float(root[1])), (x, y)], 0.0013)


def umbel(rng: Rng, layer: Stencil, path: Field) -> None:
    """Wild carrot: rays, then rays of rays, dots at the ends."""
    taper_line(layer, path, 0.004, 0.0022)
    x, y = (float(v) for v in path[-1])
    up = heading(path, 210)
    for a in np.linspace(-0.95, 0.95, 19):
        reach = 0.12 * (1 - 0.12 * abs(a)) * rng.uniform(0.9, 1.08)
        ex, ey = x + np.cos(up + a) * reach, y + np.sin(up + a) * reach
        layer.line(
            spline(
                [
                    (x, y),
                    (x + np.cos(up + a * 0.7) * reach * 0.55, y + np.sin(up + a * 0.7) * reach * 0.55),
                    (ex, ey),
                ],
                12,
            ),
            0.0012,
        )
        for b in rng.uniform(-1.3, 1.3, 15):
            small = 0.026 * rng.uniform(0.5, 1)
            dx, dy = ex + np.cos(up + a + b) * small, ey + np.sin(up + a + b) * small
            layer.line([(ex, ey), (dx, dy)], 0.0008)
            layer.circle(dx, dy, float(rng.uniform(0.0018, 0.0034)))
    for k in (60, 105):
        blade(
            layer,
            float(path[k, 0]),
            float(path[k, 1]),
            heading(path, k) + (0.8 if k == 60 else -0.8),
            0.09,
            0.07,
            0.3,
        )


def sprig(rng: Rng, layer: Stencil, path: Field) -> None:
    """Alternate oval leaves."""
    taper_line(layer, path, 0.0038, 0.0012)
    hand = int(rng.choice([-1, 1]))
    for k in range(34, 219, 11):
        size = 0.105 * (1.12 - 0.75 * k / 220)
        angle = heading(path, k) + hand * 0.85
        root = path[k]
        stalk = (float(root[0] + np.cos(angle) * 0.012), float(root[1] + np.sin(angle) * 0.012))
        layer.line([tuple(root), stalk], 0.0014)
        blade(layer, *stalk, angle, size, 0.21, -hand * 0.35)
        hand = -hand


def grass(rng: Rng, layer: Stencil, path: Field) -> None:
    """Long blades and a nodding ear of grain."""
    taper_line(layer, path, 0.0028, 0.0012)
    for _ in range(5):
        blade(
            layer,
            float(path[0, 0]) + rng.normal(0, 0.012),
            float(path[0, 1]),
            -np.pi / 2 + rng.normal(0, 0.3),
            float(rng.uniform(0.35, 0.7)),
            0.011,
            float(rng.normal(0, 0.55)),
        )
    for k in range(138, 219, 6):
        size = 0.036 * (1 - 0.6 * abs((k - 165) / 54))
        for hand in (-1, 1):
            x, y = float(path[k, 0]), float(path[k, 1])
            blade(layer, x, y, heading(path, k) + hand * 0.5, size, 0.17)
            awn = heading(path, k) + hand * 0.34
            layer.line([(x, y), (x + np.cos(awn) * size * 2.6, y + np.sin(awn) * size * 2.6)], 0.0007)
