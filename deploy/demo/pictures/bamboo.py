"""雾竹: bamboo in mist, the near leaves sharp, the far stalks gone."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.canvas import Canvas, Stencil
from deploy.demo.pictures.noise import Field, Rng, blur, smoothstep
from deploy.demo.pictures.palette import colour, mix
from deploy.demo.pictures.stamp import press

MISTS = [
    ("#E6EAE0", "#C3D0C4", "#1F3A33"),
    ("#EFEADC", "#D5CFBC", "#2B2F2A"),
    ("#DCE6E6", "#AFC3C4", "#173338"),
]


def draw(rng: Rng, width: int, height: int) -> Canvas:
    """Five depths of stalks, then leaves over the upper corners."""
    light, haze, dark = (colour(code) for code in MISTS[int(rng.integers(len(MISTS)))])
    canvas = Canvas(rng, width, height, light)
    glow = np.exp(
        -(
            ((canvas.x - canvas.right * rng.uniform(0.3, 0.7)) / 0.5) ** 2
            + ((canvas.y - canvas.bottom * 0.38) / 0.55) ** 2
        )
    )
    canvas.rgb[:] = mix(haze, light, glow * 0.9 + 0.06 * canvas.noise(2, 3))
    canvas.paper(0.6)
    depths = 5
    for k in range(depths):
        near = k / (depths - 1)
        tone = mix(haze * 0.93, dark, near**1.25)
        stalks(canvas, near, tone)
        foliage(canvas, near, tone)
        veil(canvas, light, near)
    press(canvas, canvas.right * 0.06, canvas.bottom * 0.88, 0.07)
    return canvas


def stalks(canvas: Canvas, near: float, tone: Field) -> None:
    """Upright stems with nodes; each joint catches a rim of light."""
    rng = canvas.rng
    count = int(10 - 7 * near)
    stencil, gleam = canvas.stencil(), canvas.stencil()
    for k in range(count):
        x = canvas.right * ((k + rng.uniform(0.1, 0.9)) / count)
        if near == 1.0:
            x = canvas.right * (0.1 if k % 2 else 0.86) + rng.normal(0, 0.05)
        half = 0.004 + 0.017 * near**1.3 * rng.uniform(0.7, 1.15)
        lean = rng.normal(0, 0.03)
        y = canvas.bottom + rng.uniform(0, 0.1)
        joint = 0.09 + 0.16 * near
        while y > -0.2:
            tall = joint * rng.uniform(0.85, 1.15)
            x2 = x + lean * tall + 0.012 * (canvas.bottom - y) * tall
            gap = 0.0016 + 0.0022 * near
            waist = half * 0.86
            stencil.polygon(
                [
                    (x - half, y - gap),
                    (x - waist, y - tall * 0.3),
                    (x2 - waist, y - tall * 0.7),
                    (x2 - half * 1.04, y - tall + gap),
                    (x2 + half * 1.04, y - tall + gap),
                    (x2 + waist, y - tall * 0.7),
                    (x + waist, y - tall * 0.3),
                    (x + half, y - gap),
                ]
            )
            gleam.line([(x - half * 0.35, y - gap * 3), (x2 - half * 0.35, y - tall + gap * 3)], half * 0.35)
            x, y = x2, y - tall
    body = stencil.field()
    if near < 0.8:
        body = blur(body, (1 - near) * 0.0042 * canvas.unit)
    canvas.cover(body * (0.5 + 0.5 * near), tone)
    canvas.cover(blur(gleam.field(), 0.002 * canvas.unit) * body * 0.22, mix(tone, colour("#F2F5EC"), 0.75))


def foliage(canvas: Canvas, near: float, tone: Field) -> None:
    """Sprays of lanceolate leaves that hang from thin twigs."""
    rng = canvas.rng
    stencil = canvas.stencil()
    sprays = int(16 - 5 * near)
    for _ in range(sprays):
        x, y = canvas.right * rng.uniform(-0.05, 1.05), canvas.bottom * rng.uniform(-0.05, 0.62)
        if near > 0.7:
            x, y = (
                canvas.right * float(rng.choice([rng.uniform(-0.05, 0.28), rng.uniform(0.68, 1.05)])),
                canvas.bottom * rng.uniform(-0.06, 0.34),
            )
        heading = 1.0 if x < canvas.right / 2 else -1.0
        size = 0.05 + 0.085 * near
        twig_x, twig_y = x, y
        for _ in range(int(rng.integers(3, 6))):
            nx, ny = twig_x + heading * size * rng.uniform(0.3, 0.6), twig_y + size * rng.uniform(0.05, 0.3)
            stencil.line([(twig_x, twig_y), (nx, ny)], 0.0012 + 0.0012 * near)
            for _ in range(int(rng.integers(3, 6))):
                leaf(
                    stencil,
                    nx,
                    ny,
                    size * rng.uniform(0.65, 1.2),
                    np.pi / 2 - heading * rng.normal(0.55, 0.42),
                    rng,
                )
            twig_x, twig_y = nx, ny
    mask = stencil.field()
    if near < 0.9:
        mask = blur(mask, (1 - near) * 0.004 * canvas.unit)
    uneven = 0.86 + 0.14 * np.tanh(canvas.noise(14, 3))
    canvas.cover(mask * uneven * (0.42 + 0.55 * near), tone)


def leaf(stencil: Stencil, x: float, y: float, size: float, angle: float, rng: Rng) -> None:
    """One leaf: narrow, pointed, with a little bend."""
    t = np.linspace(0, 1, 12)
    half = size * 0.07 * np.sin(np.pi * t**0.75)
    bend = angle + rng.normal(0, 0.3) * t
    px = x + np.cumsum(np.cos(bend)) * size / 12
    py = y + np.cumsum(np.sin(bend)) * size / 12
    nx, ny = -np.sin(bend) * half, np.cos(bend) * half
    outline = np.concatenate([np.stack([px + nx, py + ny], 1), np.stack([px - nx, py - ny], 1)[::-1]])
    stencil.polygon(outline)


def veil(canvas: Canvas, light: Field, near: float) -> None:
    """Mist between the depths, thickest low and in the middle."""
    drift = canvas.noise(1.6, 4, stretch=2.4)
    low = smoothstep(0.2, 1.0, canvas.y / canvas.bottom) + canvas.x * 0
    canvas.cover((0.34 * low + 0.14 * drift).clip(0, 0.7) * (1 - near) ** 0.7, light)
