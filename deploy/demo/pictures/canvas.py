"""A sheet to paint on: washes sink into it, body colour covers it, light adds to it."""

from __future__ import annotations

from copy import copy

import numpy as np
from PIL import Image, ImageDraw

from deploy.demo.pictures.noise import Field, Rng, blur, fbm, white
from deploy.demo.pictures.palette import RICE

Points = list[tuple[float, float]]


def amount(mask: Field) -> Field:
    """A mask within 0..1, ready to weigh three channels; single precision, as the sheet is."""
    return np.clip(mask, 0, 1).astype(np.float32, copy=False)[..., None]


class Canvas:
    """RGB in 0..1. Lengths are in units of the shorter side, so a picture is the same at any size."""

    def __init__(self, rng: Rng, width: int, height: int, ground: Field = RICE) -> None:
        self.rng, self.width, self.height = rng, width, height
        self.unit = min(width, height)
        self.origin = (0, 0)
        self.rgb: Field = np.empty((height, width, 3), dtype=np.float32)
        self.rgb[:] = ground
        self.right, self.bottom = width / self.unit, height / self.unit
        xs = (np.arange(width, dtype=np.float32) + 0.5) / self.unit
        ys = (np.arange(height, dtype=np.float32) + 0.5) / self.unit
        self.x, self.y = xs[None, :], ys[:, None]

    def part(self, left: float, top: float, right: float, bottom: float) -> Canvas:
        """A window on the sheet: painting there paints here, and costs no more than its size."""
        x0, x1 = (int(np.clip(round(v * self.unit), 0, self.width)) for v in (left, right))
        y0, y1 = (int(np.clip(round(v * self.unit), 0, self.height)) for v in (top, bottom))
        x0, y0 = min(x0, self.width - 1), min(y0, self.height - 1)
        x1, y1 = max(x1, x0 + 1), max(y1, y0 + 1)
        window = copy(self)
        window.width, window.height, window.origin = x1 - x0, y1 - y0, (x0, y0)
        window.rgb, window.x, window.y = self.rgb[y0:y1, x0:x1], self.x[:, x0:x1], self.y[y0:y1]
        return window

    def noise(self, cells: float = 3.0, octaves: int = 4, gain: float = 0.5, stretch: float = 1.0) -> Field:
        """Fractal noise over the sheet or the window, `cells` features on the sheet's shorter side."""
        cells *= min(self.width, self.height) / self.unit
        return fbm(self.rng, self.width, self.height, cells, octaves, gain, stretch)

    def blank(self, value: float = 0.0) -> Field:
        """An empty field of the sheet's size."""
        return np.full((self.height, self.width), value, dtype=np.float32)

    def wash(self, mask: Field, pigment: Field) -> None:
        """Transparent pigment: darkens what lies below, like ink in paper."""
        self.rgb *= 1 - amount(mask) * (1 - pigment)

    def cover(self, mask: Field, pigment: Field) -> None:
        """Opaque body colour."""
        self.rgb += (pigment - self.rgb) * amount(mask)

    def light(self, mask: Field, glow: Field) -> None:
        """Adds light without ever clipping hard."""
        self.rgb += (1 - self.rgb) * (amount(mask) * glow)

    def shifted(self, mask: Field, dx: float, dy: float) -> Field:
        """A mask moved right and down, nothing coming in at the edges."""
        right, down = max(0, round(dx * self.unit)), max(0, round(dy * self.unit))
        moved = np.zeros_like(mask)
        moved[down:, right:] = mask[: mask.shape[0] - down, : mask.shape[1] - right]
        return moved

    def paper(self, strength: float = 1.0) -> None:
        """Mottling and fibres of a handmade sheet."""
        mottle = self.noise(2.5, 3) * 0.010 + self.noise(60, 2) * 0.006
        fibres = self.fibres(int(500 * self.right * self.bottom))
        self.rgb *= (1 + strength * (mottle - 0.05 * fibres))[..., None]

    def fibres(self, count: int) -> Field:
        """Short curved hairs of mulberry bark lying about at random."""
        rng = np.random.default_rng(int(self.rng.integers(2**63)))
        along = np.linspace(-0.5, 0.5, 48, dtype=np.float32)
        angle = rng.uniform(0, np.pi, (count, 1)) + rng.normal(0, 0.9, (count, 1)) * along
        reach = rng.uniform(0.006, 0.03, (count, 1)) * along
        x = rng.uniform(0, self.right, (count, 1)) + np.cos(angle) * reach
        y = rng.uniform(0, self.bottom, (count, 1)) + np.sin(angle) * reach
        weight = rng.uniform(0.2, 1.0, (count, 1)) * np.ones_like(along)
        return np.minimum(self.splat(x, y, weight * self.unit / 1600), 1.0)

    def splat(self, x: Field, y: Field, weight: Field) -> Field:
        """Density of many points, each shared among its four nearest pixels: fine lines without edges."""
        px, py = x.ravel() * self.unit - 0.5 - self.origin[0], y.ravel() * self.unit - 0.5 - self.origin[1]
        kept = (px >= 0) & (py >= 0) & (px < self.width - 1) & (py < self.height - 1)
        px, py = px[kept], py[kept]
        mass = np.broadcast_to(weight, x.shape).ravel()[kept]
        left, top = px.astype(np.int64), py.astype(np.int64)
        fx, fy = px - left, py - top
        at = top * self.width + left
        total = np.zeros(self.width * self.height)
        for step, share in (
            (0, (1 - fx) * (1 - fy)),
            (1, fx * (1 - fy)),
            (self.width, (1 - fx) * fy),
            (self.width + 1, fx * fy),
        ):
            total += np.bincount(at + step, mass * share, minlength=self.width * self.height)
        return total.reshape(self.height, self.width).astype(np.float32)

    def stencil(self, scale: int | None = None) -> Stencil:
        """A mask to draw shapes into, smoothed when read."""
        return Stencil(self, scale or (2 if self.unit >= 700 else 3))

    def polygon(self, points: Points | Field) -> Field:
        """The mask of one polygon."""
        stencil = self.stencil()
        stencil.polygon(points)
        return stencil.field()

    def finish(self, grain: float = 0.012, vignette: float = 0.0) -> Image.Image:
        """The picture, with the tooth of the paper through it and a dither against banding."""
        tooth = blur(white(self.rng, self.width, self.height), max(0.5, self.unit / 1600)) * 1.6
        self.rgb *= (1 + grain * tooth)[..., None]
        if vignette:
            dx, dy = self.x / self.right - 0.5, self.y / self.bottom - 0.5
            self.rgb *= (1 - vignette * np.clip((dx * dx + dy * dy) * 2 - 0.15, 0, 1))[..., None]
        return Image.fromarray((np.clip(self.rgb, 0, 1) * 255 + 0.5).astype(np.uint8))


class Stencil:
    """Shapes in white on black at twice the size or more."""

    def __init__(self, canvas: Canvas, scale: int) -> None:
        self.canvas, self.scale, self.factor = canvas, scale, canvas.unit * scale
        self.image = Image.new("L", (canvas.width * scale, canvas.height * scale))
        self.pen = ImageDraw.Draw(self.image)

    def at(self, points: Points | Field) -> Points:
        """The points in pixels of the large mask."""
        ox, oy = (v * self.scale for v in self.canvas.origin)
        return [(float(x) * self.factor - ox, float(y) * self.factor - oy) for x, y in points]

    def polygon(self, points: Points | Field, value: float = 1.0) -> None:
        """A filled polygon."""
        self.pen.polygon(self.at(points), fill=round(value * 255))

    def line(self, points: Points | Field, width: float, value: float = 1.0) -> None:
        """A line with round joints, `width` in units of the shorter side."""
        pixels = max(1, round(width * self.factor))
        self.pen.line(self.at(points), fill=round(value * 255), width=pixels, joint="curve")

    def circle(self, x: float, y: float, radius: float, value: float = 1.0) -> None:
        """A filled disc."""
        ((cx, cy),) = self.at([(x, y)])
        r = radius * self.factor
        self.pen.ellipse((cx - r, cy - r, cx + r, cy + r), fill=round(value * 255))

    def field(self) -> Field:
        """The mask in 0..1 at the sheet's size."""
        return np.asarray(self.image.reduce(self.scale), dtype=np.float32) / 255


def spline(points: Points | Field, count: int = 64) -> Field:
    """A smooth curve through the points (Catmull-Rom), `count` samples."""
    knots = np.asarray(points, dtype=np.float64)
    knots = np.vstack([2 * knots[0] - knots[1], knots, 2 * knots[-1] - knots[-2]])
    place = np.linspace(1, len(knots) - 2 - 1e-6, count)
    base = place.astype(int)
    rest = (place - base)[:, None]
    a, b, c, d = (knots[base + k] for k in (-1, 0, 1, 2))
    return np.asarray(b + 0.5 * rest * (c - a + rest * (2 * a - 5 * b + 4 * c - d + rest * (3 * (b - c) + d - a))))


def ribbon(path: Field, width: Field | float) -> Field:
    """The outline of a line whose half-width varies along it."""
    tangent = np.gradient(path, axis=0)
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
    normal /= np.maximum(np.linalg.norm(normal, axis=1, keepdims=True), 1e-9)
    reach = (np.ones(len(path)) * width)[:, None]
    return np.vstack([path + normal * reach, (path - normal * reach)[::-1]])
