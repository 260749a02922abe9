"""网点: two or three inks in coarse dots, laid over each other as a riso print would."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.canvas import Canvas
from deploy.demo.pictures.noise import Field, Rng, curve, smoothstep
from deploy.demo.pictures.palette import colour

INKS = [
    ("#F5EFE2", ["#2F4A9B", "#E2553D", "#F2B33D"]),
    ("#F3EFE6", ["#1F6B63", "#E8684A", "#F3C65A"]),
    ("#F6F0E4", ["#2B2B33", "#D94F3A", "#8FB5B0"]),
    ("#F4EDE3", ["#5A3E8C", "#EE7B6A", "#F5C56B"]),
]


def draw(rng: Rng, width: int, height: int) -> Canvas:
    """Tone for each ink, then dots for each tone, each a little out of register."""
    paper, codes = INKS[int(rng.integers(len(INKS)))]
    canvas = Canvas(rng, width, height, colour(paper))
    canvas.paper(0.8)
    tones = (dunes, spheres, peaks)[int(rng.integers(3))](canvas)
    pitch = 0.0105
    for tone, code, angle in zip(tones, codes, (0.26, 1.31, 0.785), strict=False):
        shift = rng.normal(0, 0.0022, 2)
        mask = dots(canvas, tone, pitch, angle, shift)
        worn = np.clip(0.94 + 0.05 * canvas.noise(90, 2, 0.8) - 0.05 * smoothstep(1.2, 2.4, canvas.noise(160, 1)), 0, 1)
        canvas.wash(mask * inside(canvas, shift) * worn, colour(code))
    return canvas


def inside(canvas: Canvas, shift: Field) -> Field:
    """The printed area within its margin."""
    x, y, edge = canvas.x - shift[0], canvas.y - shift[1], 0.07
    away = np.minimum(np.minimum(x, canvas.right - x), np.minimum(y, canvas.bottom - y)) - edge
    return np.asarray(smoothstep(-0.7, 0.7, away * canvas.unit))


def dots(canvas: Canvas, tone: Field, pitch: float, angle: float, shift: Field) -> Field:
    """Round dots growing into each other; full tone is solid."""
    x, y = canvas.x - shift[0], canvas.y - shift[1]
    u, v = (x * np.cos(angle) + y * np.sin(angle)) / pitch, (y * np.cos(angle) - x * np.sin(angle)) / pitch
    screen = 0.5 + 0.25 * (np.cos(2 * np.pi * u) + np.cos(2 * np.pi * v))
    soft = 1.6 / (pitch * canvas.unit)
    mask = smoothstep(-soft, soft, tone * (1 + 2 * soft) - soft - (1 - screen))
    return np.where(tone > 0.985, 1.0, mask) * (tone > 0.015)


def disc(canvas: Canvas, x: float, y: float, r: float) -> Field:
    """A crisp disc."""
    return np.asarray(smoothstep(0.8, -0.8, (np.hypot(canvas.x - x, canvas.y - y) - r) * canvas.unit))


def dunes(canvas: Canvas) -> list[Field]:
    """A sun over folded sand."""
    rng = canvas.rng
    first, second, third = canvas.blank(), canvas.blank(), canvas.blank()
    x, y, r = canvas.right * rng.uniform(0.32, 0.68), canvas.bottom * 0.34, float(rng.uniform(0.17, 0.22))
    sun = disc(canvas, x, y, r)
    third[:] = 0.08 + 0.32 * np.clip(canvas.y / canvas.bottom * 1.4, 0, 1)
    second = np.maximum(second, sun * np.clip(0.45 + (canvas.y - y) / r * 0.5, 0.15, 1))
    third = np.maximum(third, sun * 0.95)
    for k in range(6):
        line = canvas.bottom * (0.46 + 0.085 * k) + 0.06 * curve(rng, canvas.width, 1.6 + 0.3 * k, 2, 0.35)
        depth = canvas.y - line[None, :]
        body = smoothstep(-0.8, 0.8, depth * canvas.unit)
        slope = np.gradient(line) * canvas.unit
        lit = 1 / (1 + np.exp(-slope * 4.0))[None, :]
        shade = np.clip(np.exp(-depth.clip(0) / (0.05 + 0.02 * k)) * (0.35 + 0.65 * lit), 0, 1)
        first = first * (1 - body) + body * np.clip(0.12 + 0.1 * k + 0.75 * shade - 0.1, 0, 0.98)
        second = second * (1 - body) + body * np.clip(0.5 - 0.4 * shade + 0.05 * k, 0, 0.9)
        third = third * (1 - body) + body * 0.42
    return [first, second, third]


def spheres(canvas: Canvas) -> list[Field]:
    """Balls of different sizes in balance, each lit from one side."""
    rng = canvas.rng
    first, second, third = canvas.blank(), canvas.blank(0.0), canvas.blank(0.0)
    second[:] = np.clip(0.34 - np.hypot(canvas.x - canvas.right * 0.25, canvas.y - 0.2) * 0.26, 0, 1)
    base = canvas.bottom * 0.87
    ground = smoothstep(-0.8, 0.8, (canvas.y - canvas.bottom * 0.72) * canvas.unit) + 0 * canvas.x
    third = np.maximum(third, ground * 0.72)
    lean = 0.0
    x, floor = canvas.right * rng.uniform(0.45, 0.55), base
    for k, r in enumerate((0.2, 0.132, 0.088, 0.056, 0.034)):
        y = floor - r
        ball = disc(canvas, x, y, r)
        nx, ny = (canvas.x - x) / r, (canvas.y - y) / r
        nz = np.sqrt(np.clip(1 - nx * nx - ny * ny, 0, 1))
        lit = np.clip(-0.55 * nx - 0.55 * ny + 0.62 * nz, 0, 1)
        if k == 0:
            shadow = np.exp(-(((canvas.x - x - 0.16) / 0.3) ** 2 + ((canvas.y - base + 0.012) / 0.028) ** 2))
            first = np.maximum(first, np.clip(shadow * 1.15, 0, 0.95))
        tone = np.clip(1.02 - lit * 1.1, 0.0, 0.97)
        first = first * (1 - ball) + ball * (tone if k % 2 == 0 else tone * 0.45)
        second = second * (1 - ball) + ball * (
            np.clip(0.15 + 0.3 * lit, 0, 1) if k % 2 == 0 else np.clip(1.05 - 0.75 * lit, 0, 1)
        )
        third = third * (1 - ball) + ball * (0.2 * lit + (0.5 if k == 2 else 0.1))
        lean = float(rng.normal(0, 0.25)) * r
        floor, x = y - r * 0.985, x + lean
    return [first, second, third]


def peaks(canvas: Canvas) -> list[Field]:
    """Faceted mountains under a large disc."""
    rng = canvas.rng
    first, second, third = canvas.blank(), canvas.blank(), canvas.blank()
    x0, y0, r = canvas.right * rng.uniform(0.4, 0.6), canvas.bottom * 0.36, 0.29
    moon = disc(canvas, x0, y0, r)
    second = moon * np.clip(0.95 - (canvas.y - y0 + r) / (2 * r) * 0.75, 0.1, 1)
    third = np.maximum(0.06 + 0.2 * canvas.y / canvas.bottom + 0 * canvas.x, moon * 0.85)
    for k in range(4):
        base, body, light = canvas.bottom * (0.62 + 0.12 * k), canvas.blank(), canvas.blank()
        for _ in range(4):
            cx, tall, half = (
                canvas.right * rng.uniform(0.0, 1.0),
                rng.uniform(0.1, 0.33) * (1 - 0.12 * k),
                rng.uniform(0.16, 0.3),
            )
            jag = 0.006 * curve(rng, canvas.height, 16, 3)[:, None]
            depth = canvas.y - (base - tall + np.abs(canvas.x - cx + jag * 0.2) / half * tall)
            inner = smoothstep(-0.8, 0.8, depth * canvas.unit)
            side = smoothstep(-0.01, 0.01, canvas.x - cx + jag * (1 + depth * 14))
            light = np.where(inner > 0.5, side, light)
            body = np.maximum(body, inner)
        low = smoothstep(-0.8, 0.8, (canvas.y - base) * canvas.unit)
        body = np.maximum(body, low)
        fade = np.clip((canvas.y - base + 0.3) / 0.4, 0, 1)
        first = first * (1 - body) + body * np.clip(0.16 + 0.17 * k + 0.42 * light - 0.2 * fade, 0.02, 0.98)
        second = second * (1 - body) + body * np.clip(0.4 - 0.3 * light + 0.25 * fade - 0.05 * k, 0, 1)
        third = third * (1 - body) + body * (0.12 + 0.35 * fade)
    return [first, second, third]
