"""青海波: scale upon scale of sea, swelling, with gold lines and a low sun."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.canvas import Canvas
from deploy.demo.pictures.noise import Field, Rng, smoothstep
from deploy.demo.pictures.palette import CINNABAR, GOLD, INDIGO, WHITE, colour, mix, ramp
from deploy.demo.pictures.stamp import press

SEAS = [
    (["#0F1D3A", "#1F3F6E", "#3C7896", "#A9CBC9"], "#F1E7D2", CINNABAR),
    (["#10302F", "#1F5C55", "#4F9580", "#C4DCC8"], "#EFE4CB", colour("#D98E3A")),
    (["#1A1B2E", "#33355C", "#6B6A94", "#C9BFCB"], "#F0DED0", colour("#C9553F")),
]


def draw(rng: Rng, width: int, height: int) -> Canvas:
    """Sky above, the pattern below; the scales grow towards the viewer."""
    stops, sky, sun_tone = SEAS[int(rng.integers(len(SEAS)))]
    canvas = Canvas(rng, width, height, colour(sky))
    canvas.rgb[:] = mix(
        colour(sky),
        mix(colour(sky), sun_tone, 0.25),
        np.clip(canvas.y / canvas.bottom * 1.3, 0, 1) + 0 * canvas.x,
    )
    canvas.paper()
    x, y, r = canvas.right * rng.uniform(0.35, 0.65), canvas.bottom * 0.33, 0.2
    away = np.hypot(canvas.x - x, canvas.y - y)
    canvas.cover(
        smoothstep(r + 0.001, r - 0.001, away),
        mix(sun_tone, colour("#F0B070"), np.clip((canvas.y - y + r) / (2 * r), 0, 1) * 0.45 + 0 * canvas.x),
    )
    sea(canvas, [colour(stop) for stop in stops])
    flecks(canvas)
    press(canvas, canvas.right * 0.87, canvas.bottom * 0.05, 0.075)
    return canvas


def sea(canvas: Canvas, stops: list[Field]) -> None:
    """Finds for every pixel the frontmost scale that covers it."""
    rng = canvas.rng
    swell = canvas.noise(1.3, 2, stretch=1.6) * 0.035
    horizon = canvas.bottom * 0.4 + 0.03 * np.sin(canvas.x * 3 + rng.uniform(0, 6)) * 1.2
    depth = (canvas.y - horizon) / (canvas.bottom - canvas.bottom * 0.4)
    # Perspective: a scale shrinks evenly towards the horizon, so rows follow the logarithm of its size.
    far, reach = 0.3, canvas.bottom * 0.6
    size = np.clip(far + (1 - far) * (depth + swell), 0.05, None)
    v = reach * np.log(size) / (1 - far)
    u = (canvas.x - canvas.right / 2) / size + 0.3 * swell
    grow, radius = 1 / size, 0.105
    row = np.floor(v / (radius / 2))
    best = np.full(v.shape, 9.0, dtype=np.float32)
    ident = np.zeros(v.shape, dtype=np.float32)
    angle = np.zeros(v.shape, dtype=np.float32)
    for step in range(3, -1, -1):
        j = row + step
        offset = (np.mod(j, 2)) * radius
        i = np.round((u - offset) / (2 * radius))
        cx, cy = i * 2 * radius + offset, j * radius / 2
        dx, dy = u - cx, v - cy
        away = np.hypot(dx, dy) / radius
        hit = (away < 1.0) & (best > 2.0)
        best = np.where(hit, away, best)
        ident = np.where(hit, i * 12.9898 + j * 78.233, ident)
        angle = np.where(hit, np.arctan2(dy, dx), angle)
    shadow_noise = np.mod(np.abs(np.sin(ident) * 43758.5453), 1.0)
    light = canvas.noise(1.7, 3, stretch=1.5)
    tone_at = np.clip(0.32 + 0.13 * light + 0.34 * (shadow_noise - 0.5) + 0.22 * (1 - depth), 0.0, 1.0)
    inner = np.clip(best, 0, 1)
    tone = ramp(stops, np.clip(tone_at + 0.4 * (inner - 0.55), 0, 1))
    rings = np.abs(np.mod(inner * 5.0 + 0.5, 1.0) - 0.5) / 5.0
    thick = 0.012 + 0.7 / (radius * canvas.unit) * grow
    line = smoothstep(thick, thick * 0.35, rings) * (inner > 0.2)
    gilded = shadow_noise > 0.86
    lines = mix(mix(tone, WHITE, 0.62), GOLD, (0.35 + 0.65 * gilded).astype(np.float32))
    tone = tone + (lines - tone) * (line * 0.8)[..., None]
    tone = tone * (1 - 0.28 * smoothstep(0.75, 1.0, inner) * smoothstep(-0.2, -0.9, np.sin(angle)))[..., None]
    canvas.cover((best < 2) * smoothstep(0.0, 0.004, depth), tone)


def flecks(canvas: Canvas) -> None:
    """Torn gold leaf scattered over the sky."""
    gone = smoothstep(2.0, 2.25, canvas.noise(38, 3, 0.75)) * smoothstep(
        0.5, 0.1, canvas.y / canvas.bottom + 0 * canvas.x
    )
    canvas.cover(gone * 0.85, mix(GOLD, INDIGO, 0.04))
