"""敦煌云气: curling cloud bands in mineral colours, shaded in steps (叠晕) and lined with gold."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.canvas import Canvas
from deploy.demo.pictures.noise import Field, Rng, smoothstep
from deploy.demo.pictures.palette import GOLD, WHITE, colour, mix
from deploy.demo.pictures.stamp import press

SCHEMES = [
    ("#C9A67C", ["#2F5E7E", "#3F8072", "#A8452F", "#D9C6A0", "#2B3A55"]),
    ("#7C2F2A", ["#D8B27A", "#C4573C", "#2F6B6B", "#E9D9BC", "#8C3A34"]),
    ("#23364F", ["#3F7A86", "#C98F4E", "#B5523C", "#E3D3B4", "#2E5878"]),
    ("#E4D3B2", ["#4F8A7B", "#B65A3C", "#35597A", "#D9A45A", "#7FA897"]),
]


def draw(rng: Rng, width: int, height: int) -> Canvas:
    """A bank of curls rising from both corners round an open disc."""
    ground, tones = SCHEMES[int(rng.integers(len(SCHEMES)))]
    canvas = Canvas(rng, width, height, colour(ground))
    plaster(canvas, 0.8)
    moon(canvas, mix(colour(ground), WHITE, 0.62))
    pigments = [colour(tone) for tone in tones]
    for x, y, radius in places(canvas):
        curl(canvas, x, y, radius, pigments[int(rng.integers(len(pigments)))])
    plaster(canvas, 1.0)
    press(canvas, canvas.right * 0.87, canvas.bottom * 0.045, 0.07)
    return canvas


def plaster(canvas: Canvas, strength: float) -> None:
    """An old wall: stains, and colour gone in flakes."""
    stain = canvas.noise(3, 5) * 0.035
    flakes = smoothstep(1.9, 2.4, canvas.noise(20, 4, 0.7)) * 0.22
    canvas.rgb *= (1 + strength * stain)[..., None]
    canvas.cover(flakes * strength, colour("#DCC9A6"))


def moon(canvas: Canvas, tone: Field) -> None:
    """A disc with thin gold rings."""
    x, y, r = canvas.right * 0.5, canvas.bottom * 0.27, 0.19
    away = np.hypot(canvas.x - x, canvas.y - y)
    canvas.cover(smoothstep(r + 0.001, r - 0.001, away), tone)
    for k in range(3):
        ring = np.abs(away - r - 0.014 * (k + 1))
        canvas.cover(smoothstep(0.0022 - 0.0005 * k, 0.0006, ring) * (0.95 - 0.2 * k), GOLD)


def places(canvas: Canvas) -> list[tuple[float, float, float]]:
    """Centres from the back (top) to the front (bottom), high at the sides and low in the middle."""
    rng = canvas.rng
    found = []
    rows = 13
    lean = rng.uniform(-0.12, 0.12)
    for row in range(rows):
        depth = row / (rows - 1)
        radius = 0.055 + 0.062 * depth
        x = -radius * rng.uniform(0, 1)
        while x < canvas.right + radius:
            u = x / canvas.right - 0.5
            crest = 0.60 - 0.30 * np.abs(u * 2 + lean) ** 1.5 + 0.03 * np.sin(u * 9 + row)
            y = canvas.bottom * (crest + (1.04 - crest) * depth)
            if rng.random() < 0.93:
                found.append((float(x), float(y + rng.normal(0, 0.012)), radius * float(rng.uniform(0.75, 1.3))))
            x += radius * rng.uniform(0.95, 1.45)
    return found


def curl(canvas: Canvas, x: float, y: float, radius: float, pigment: Field) -> None:
    """A scalloped disc whose bands wind inwards: the head of a ruyi cloud."""
    rng = canvas.rng
    turn, hand, bands = rng.uniform(0, 2 * np.pi), float(rng.choice([-1, 1])), 3.6
    reach = radius * 1.12
    left, right = (int(np.clip((x + s * reach) * canvas.unit, 0, canvas.width)) for s in (-1, 1))
    top, low = (int(np.clip((y + s * reach) * canvas.unit, 0, canvas.height)) for s in (-1, 1))
    if right <= left or low <= top:
        return
    dx, dy = canvas.x[:, left:right] - x, canvas.y[top:low] - y
    away, angle = np.hypot(dx, dy) / radius, np.arctan2(dy, dx) * hand + turn
    lobes = 1 + 0.045 * np.cos(angle * 7)
    inside = away / lobes
    wind = (1 - inside) * bands + angle / (2 * np.pi)
    band = np.floor(wind)
    part = wind - band
    level = np.clip((inside * bands - 0.0) / bands, 0, 1)
    tone = mix(mix(pigment, WHITE, 0.72), pigment * 0.82, np.clip(0.18 + 0.62 * part + 0.35 * level - 0.15, 0, 1))
    soft = 1.1 / (radius * canvas.unit)
    mask = smoothstep(1 + soft, 1 - soft, inside)
    line_at = np.minimum(part, 1 - part) / bands
    line = smoothstep(2.2 * soft + 0.012, 0.5 * soft + 0.004, line_at) * smoothstep(0.06, 0.16, inside)
    rim = smoothstep(0.055, 0.03, np.abs(inside - 0.965))
    view = canvas.rgb[top:low, left:right]
    shadow = smoothstep(1.14, 0.98, np.hypot(dx, dy - radius * 0.05) / radius) * (1 - mask) * 0.28
    view *= 1 - shadow[..., None]
    view += (tone - view) * mask[..., None]
    view += (mix(GOLD, WHITE, 0.25) - view) * (np.maximum(line * 0.8, rim) * mask)[..., None]
