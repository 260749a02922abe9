"""夜城: a grid of lit windows in rain, doubled on the wet street."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.canvas import Canvas
from deploy.demo.pictures.noise import Field, Rng, blur, child, sample, smoothstep
from deploy.demo.pictures.palette import colour, mix

NIGHTS = [
    ("#0B1020", "#33406B", "#C9785A", ["#FFC877", "#FFE3B0", "#F29B5A", "#9FC4E8"]),
    ("#0A1518", "#1F4A50", "#9CA77A", ["#FFD58A", "#FFF0C8", "#7FE0C8", "#F0A060"]),
    ("#141320", "#3F3A5C", "#D08A78", ["#FFC490", "#FFDFB0", "#E79C9C", "#9FC0F0"]),
]


def draw(rng: Rng, width: int, height: int) -> Canvas:
    """Four depths of towers in haze, a moon, water at the foot."""
    dark, haze, glow, lamps = NIGHTS[int(rng.integers(len(NIGHTS)))]
    canvas = Canvas(rng, width, height)
    street = canvas.bottom * 0.76
    t = np.clip(canvas.y / street, 0, 1) + 0 * canvas.x
    canvas.rgb[:] = mix(mix(colour(dark), colour(haze), t**1.3), colour(glow), (smoothstep(0.35, 1.05, t) * 0.62))
    canvas.light(np.clip(0.10 * canvas.noise(2.2, 4, stretch=2.2) + 0.02, 0, 1), colour(haze))
    moon(canvas)
    tones = [colour(code) for code in lamps]
    depths = 5
    for k in range(depths):
        near = k / (depths - 1)
        towers(
            canvas,
            near,
            street,
            mix(mix(colour(haze), colour(glow), 0.3), colour(dark) * 0.95, near**0.62),
            tones,
        )
        veil = np.exp(-(((canvas.y - street) / (0.22 - 0.1 * near)) ** 2)) + 0 * canvas.x
        canvas.light(veil * 0.42 * (1 - near), mix(colour(haze), colour(glow), 0.5))
    bloom(canvas, 0.55)
    wet(canvas, street)
    rain(canvas)
    return canvas


def moon(canvas: Canvas) -> None:
    """A hazy moon off centre."""
    x, y = canvas.right * canvas.rng.uniform(0.22, 0.78), canvas.bottom * 0.16
    away = np.hypot(canvas.x - x, canvas.y - y)
    canvas.light(smoothstep(0.062, 0.058, away) * 0.85 + 0.3 * np.exp(-away / 0.12), colour("#FFF0D8"))


def towers(canvas: Canvas, near: float, street: float, tone: Field, lamps: list[Field]) -> None:
    """One row of buildings with their windows."""
    rng = canvas.rng
    wide = 0.055 + 0.075 * near
    x = -float(rng.uniform(0, wide))
    while x < canvas.right:
        w = wide * float(rng.uniform(0.7, 1.5))
        tall = float(rng.uniform(0.13, 0.36)) + 0.2 * (1 - near) + (0.14 if rng.random() < 0.16 else 0)
        if near > 0.9:
            tall *= 0.62
        tower(canvas, x, w, street - tall, street, near, tone * rng.uniform(0.85, 1.1), lamps)
        x += w * float(rng.uniform(0.9, 1.12))


def tower(
    canvas: Canvas,
    x: float,
    w: float,
    top: float,
    street: float,
    near: float,
    tone: Field,
    lamps: list[Field],
) -> None:
    """One building: a body with a lit edge, a mast, rows of windows, most of them dark."""
    rng = canvas.rng
    step = float(rng.choice([0.0, 0.18, 0.3]))
    shapes = [(x, top, x + w), (x + w * step, top - w * step * 0.9, x + w * (1 - step))] if step else [(x, top, x + w)]
    for left, up, right in shapes:
        face = canvas.part(left, up, right, street)
        if face.width < 2 or face.height < 2 or right < 0 or left > canvas.right:
            continue
        fade = smoothstep(0.0, 1.0, (face.y - up) / (street - up)) * (0.35 * (1 - near)) + 0 * face.x
        face.rgb[:] = mix(tone, face.rgb, fade * 0.7)
        windows(face, left, up, near, lamps)
    if rng.random() < 0.3:
        mast = canvas.part(x + w * 0.5 - 0.0012, shapes[-1][1] - w * 0.7, x + w * 0.5 + 0.0012, shapes[-1][1])
        mast.rgb[:] = tone
        lamp = canvas.part(x + w * 0.5 - 0.003, shapes[-1][1] - w * 0.71, x + w * 0.5 + 0.003, shapes[-1][1] - w * 0.69)
        lamp.rgb[:] = colour("#FF5040")


def windows(face: Canvas, left: float, top: float, near: float, lamps: list[Field]) -> None:
    """Panes on a grid; whole floors are lit together, and every building has its own colour of light."""
    rng = child(face.rng)
    pitch_x, pitch_y = (
        (0.0075 + 0.0065 * near) * rng.uniform(0.85, 1.3),
        (0.010 + 0.008 * near) * rng.uniform(0.9, 1.2),
    )
    fx, fy = (face.x - left) / pitch_x, (face.y - top) / pitch_y - 0.8
    columns, rows = int(fx.max()) + 2, int(max(fy.max(), 0)) + 2
    floors = rng.random((rows, 1)) < 0.22
    lit = (rng.random((rows, columns)) < rng.uniform(0.1, 0.34)) | (floors & (rng.random((rows, columns)) < 0.75))
    power = (lit * rng.uniform(0.35, 1.0, (rows, columns))).astype(np.float32)
    own = lamps[int(rng.choice(len(lamps), p=[0.45, 0.3, 0.15, 0.1]))]
    pane = (
        smoothstep(0.16, 0.26, fx % 1)
        * smoothstep(0.9, 0.8, fx % 1)
        * smoothstep(0.2, 0.34, fy % 1)
        * smoothstep(0.92, 0.8, fy % 1)
    )
    cell = power[np.clip(fy, 0, rows - 1).astype(int), np.clip(fx, 0, columns - 1).astype(int)]
    face.light(np.where(fy > 0, pane * cell, 0) * (0.45 + 0.5 * near), own)


def bloom(canvas: Canvas, strength: float) -> None:
    """Light spilling round the bright panes."""
    bright = np.clip(canvas.rgb - 0.42, 0, 1)
    canvas.rgb += (1 - canvas.rgb) * np.clip(
        blur(bright, 0.008 * canvas.unit) * strength + blur(bright, 0.035 * canvas.unit) * strength * 1.1,
        0,
        1,
    )


def wet(canvas: Canvas, street: float) -> None:
    """The street as a dark mirror, streaked downwards."""
    first = int(street * canvas.unit)
    down = canvas.y[first:] - street
    ripple = canvas.noise(70, 3, 0.6, stretch=5)[first:]
    px = canvas.x * canvas.unit + ripple * (3 + 30 * down) * canvas.unit / 1000
    total: Field = np.zeros((canvas.height - first, canvas.width, 3), dtype=np.float32)
    for k in range(5):
        stretch = 0.75 + 0.3 * k
        py = np.minimum(street - down * stretch + ripple * 0.012, street - 0.004) * canvas.unit + 0 * px
        total += sample(canvas.rgb, px, py) / 5
    fall = np.clip(1.1 - down * 1.5, 0.3, 1)[..., None]
    canvas.rgb[first:] = np.clip(total * 1.25 * fall, 0, 1)
    canvas.light(np.exp(-(((canvas.y - street) / 0.004) ** 2)) * 0.16 + 0 * canvas.x, colour("#FFD9B0"))


def rain(canvas: Canvas) -> None:
    """Thin slanting lines of rain."""
    rng = canvas.rng
    count = 420
    x, y = rng.uniform(-0.05, canvas.right, (count, 1)), rng.uniform(-0.05, canvas.bottom, (count, 1))
    t = np.linspace(0, 1, 60)
    length = rng.uniform(0.02, 0.06, (count, 1))
    drops = canvas.splat(
        x + 0.12 * length * t, y + length * t, np.sin(t * np.pi) * np.ones((count, 1)) * canvas.unit / 1000
    )
    canvas.light(np.clip(drops * 0.11, 0, 0.3), colour("#C8D8F0"))
