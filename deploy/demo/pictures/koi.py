"""锦鲤: carp among lotus leaves, seen from above."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.canvas import Canvas, Stencil, ribbon
from deploy.demo.pictures.noise import Field, Rng, blur, smoothstep
from deploy.demo.pictures.palette import CINNABAR, INK, WHITE, colour, mix
from deploy.demo.pictures.stamp import press

WATERS = [("#1E4A4C", "#5E9488"), ("#22384F", "#6E93A0"), ("#D9E2D6", "#A9C4B8"), ("#E9E0CD", "#C9CDB8")]


def draw(rng: Rng, width: int, height: int) -> Canvas:
    """Four or five fish in one turning movement, leaves at the corners, rings on the water."""
    deep, shallow = (colour(code) for code in WATERS[int(rng.integers(len(WATERS)))])
    canvas = Canvas(rng, width, height)
    light = np.exp(
        -(
            ((canvas.x - canvas.right * rng.uniform(0.3, 0.7)) / 0.5) ** 2
            + ((canvas.y - canvas.bottom * 0.45) / 0.6) ** 2
        )
    )
    canvas.rgb[:] = mix(deep, shallow, np.clip(light + 0.07 * canvas.noise(2.4, 4), 0, 1))
    canvas.paper(0.7)
    caustics(canvas)
    cx, cy = canvas.right * 0.5, canvas.bottom * 0.5
    count = int(rng.integers(4, 6))
    start = rng.uniform(0, 2 * np.pi)
    for k in range(count):
        around = start + 2 * np.pi * k / count + rng.normal(0, 0.12)
        x, y = cx + np.cos(around) * 0.25 * canvas.right, cy + np.sin(around) * 0.26 * canvas.bottom
        fish(
            canvas,
            float(x),
            float(y),
            float(around + np.pi / 2 + rng.normal(0, 0.15)),
            float(rng.uniform(0.30, 0.4)),
            k,
        )
    ripples(canvas)
    leaves(canvas)
    press(canvas, canvas.right * 0.06, canvas.bottom * 0.89, 0.07)
    return canvas


def caustics(canvas: Canvas) -> None:
    """The net of light on the bottom."""
    n = canvas.noise(5, 2)
    m = canvas.noise(6, 2)
    net = np.exp(-np.abs(n) * 9) + np.exp(-np.abs(m) * 9)
    canvas.light(net * 0.07, WHITE)


def fish(canvas: Canvas, x: float, y: float, heading: float, size: float, number: int) -> None:
    """One carp: shadow, veiled fins, body with patches, scales and whiskers."""
    rng, reach = canvas.rng, size * 0.85
    canvas = canvas.part(x - reach, y - reach, x + reach, y + reach)
    bend = rng.uniform(0.25, 0.6)
    t = np.linspace(0, 1, 60)
    turn = heading - bend * np.sin(t * np.pi * 0.9) + 0.5 * bend * t
    steps = np.stack([np.cos(turn), np.sin(turn)], 1) * size / 60
    spine = np.array([x, y]) - np.cumsum(steps, 0) + steps.sum(0) / 2
    half = (
        size
        * 0.125
        * np.interp(t, [0, 0.03, 0.12, 0.3, 0.5, 0.75, 0.92, 1], [0.2, 0.5, 0.82, 1.0, 0.9, 0.5, 0.24, 0.2])
    )
    body, veils, rays = canvas.stencil(), canvas.stencil(), canvas.stencil()
    body.polygon(ribbon(spine, half))
    side = np.stack([-np.sin(turn), np.cos(turn)], 1)
    back = -np.stack([np.cos(turn), np.sin(turn)], 1)
    for at, reach, spread in ((14, 0.2, 1.0), (34, 0.11, 0.7)):
        for hand in (-1, 1):
            fin(
                veils,
                rays,
                spine[at] + side[at] * hand * half[at] * 0.85,
                side[at] * hand * 0.75 + back[at] * 0.75,
                size * reach,
                spread,
            )
    for lobe in (-0.42, 0.42):
        fin(veils, rays, spine[57], back[57] + side[57] * lobe, size * 0.27, 0.62)
    solid, veil, ray = body.field(), veils.field(), rays.field()
    shadow = blur(np.maximum(solid, veil * 0.5), 0.012 * canvas.unit)
    canvas.wash(canvas.shifted(shadow, 0.01, 0.02) * 0.36, colour("#0E2A2E"))
    base = WHITE * 0.985
    patch_tone = [CINNABAR, colour("#D8672C"), CINNABAR, colour("#E0A030"), INK][number % 5]
    canvas.cover(veil * 0.5, mix(base, patch_tone, 0.12))
    canvas.cover(ray * 0.35, WHITE)
    canvas.cover(solid, base)
    blot = smoothstep(0.0, 0.25, canvas.noise(2.9 / size, 3) - rng.uniform(-0.5, 0.15))
    canvas.cover(solid * blot * 0.96, patch_tone)
    if number % 2 == 0:
        canvas.cover(solid * smoothstep(1.0, 1.25, canvas.noise(11, 3)) * 0.9, INK)
    modelling(canvas, solid, spine, size)
    eyes(canvas, spine, side, half, size)


def modelling(canvas: Canvas, solid: Field, spine: Field, size: float) -> None:
    """Roundness, scales, and a dorsal line."""
    inner = blur(solid, size * 0.035 * canvas.unit)
    canvas.wash(solid * smoothstep(0.98, 0.5, inner) * 0.36, colour("#3A4A50"))
    u, v = (canvas.x + canvas.y) * 95, (canvas.x - canvas.y) * 95
    scale = np.abs(np.sin(u)) ** 10 + np.abs(np.sin(v)) ** 10
    canvas.wash(solid * np.clip(scale, 0, 1) * smoothstep(0.75, 1.0, inner) * 0.14, colour("#5B4A40"))
    line = canvas.stencil()
    line.polygon(ribbon(spine[16:40], size * 0.008 * np.sin(np.linspace(0, np.pi, 24))))
    canvas.wash(line.field() * 0.55, colour("#4A3A34"))


def eyes(canvas: Canvas, spine: Field, side: Field, half: Field, size: float) -> None:
    """Two dots and two whiskers."""
    stencil = canvas.stencil(3)
    for hand in (-1, 1):
        ex, ey = spine[5] + side[5] * hand * half[5] * 0.78
        stencil.circle(float(ex), float(ey), size * 0.011)
        root = spine[1] + side[1] * hand * half[1]
        stencil.line(
            [tuple(root), tuple(root + (spine[0] - spine[4]) * 0.9 + side[1] * hand * size * 0.04)],
            size * 0.005,
        )
    canvas.cover(stencil.field() * 0.9, INK)


def fin(veils: Stencil, rays: Stencil, root: Field, heading: Field, reach: float, spread: float) -> None:
    """A fan of membrane with rays."""
    middle = np.arctan2(heading[1], heading[0])
    angles = np.linspace(-0.5, 0.5, 13) * spread + middle
    length = reach * (1 - 0.45 * np.linspace(-0.2, 1, 13) ** 2)
    tips = root + np.stack([np.cos(angles), np.sin(angles)], 1) * length[:, None]
    veils.polygon(np.vstack([root[None], tips]))
    for tip in tips:
        rays.line([tuple(root), tuple(tip)], 0.0011)


def ripples(canvas: Canvas) -> None:
    """Two sets of thin rings."""
    rng = canvas.rng
    for _ in range(2):
        x, y = canvas.right * rng.uniform(0.15, 0.85), canvas.bottom * rng.uniform(0.2, 0.8)
        away = np.hypot(canvas.x - x, canvas.y - y) + 0.002 * canvas.noise(6, 2)
        rings = sum(np.exp(-(((away - r) / 0.0016) ** 2)) * (1 - r * 4.5) for r in (0.03, 0.062, 0.1, 0.145, 0.19))
        canvas.light(np.asarray(rings) * 0.34, WHITE)


def leaves(canvas: Canvas) -> None:
    """Lotus pads: notched discs with radial veins, overlapping at two corners."""
    rng = canvas.rng
    tones = [colour("#2F6B57"), colour("#3F7F62"), colour("#27574F"), colour("#6E9468")]
    corner = bool(rng.random() < 0.5)
    for k in range(9):
        first = k % 2 == 0
        cx = canvas.right * (0.08 if first == corner else 0.92) + rng.normal(0, 0.1)
        cy = canvas.bottom * (0.08 if first else 0.93) + rng.normal(0, 0.075)
        r = float(rng.uniform(0.06, 0.15))
        pad = canvas.part(cx - 1.25 * r, cy - 1.25 * r, cx + 1.25 * r, cy + 1.25 * r)
        dx, dy = pad.x - cx, pad.y - cy
        angle, away = np.arctan2(dy, dx), np.hypot(dx, dy)
        turn = rng.uniform(0, 2 * np.pi)
        a = np.mod(angle - turn + np.pi, 2 * np.pi) - np.pi
        edge = r * (1 + 0.03 * np.sin(a * 5 + turn) + 0.02 * np.sin(a * 11)) * (1 - 0.95 * np.exp(-((a / 0.13) ** 2)))
        mask = smoothstep(1.2 / canvas.unit, -1.2 / canvas.unit, away - edge)
        shade = blur(mask, 0.012 * canvas.unit)
        pad.wash(pad.shifted(shade, 0.0, 0.013) * 0.3 * (1 - mask), colour("#0E2A2E"))
        veins = np.exp(-((np.abs(np.mod(a * 9 / np.pi, 1) - 0.5) * away * 2.2 * canvas.unit / 4) ** 2))
        tone = mix(tones[int(rng.integers(4))] * 0.86, tones[int(rng.integers(4))] * 1.12, np.clip(away / r, 0, 1))
        pad.cover(mask * 0.97, tone)
        pad.cover(mask * veins * 0.3 * smoothstep(0, 0.3, away / r), colour("#BFD3A8"))
        pad.cover(mask * smoothstep(0.93, 0.99, away / np.maximum(edge, 1e-4)) * 0.35, colour("#CFE0B8"))
