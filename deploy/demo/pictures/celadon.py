"""青瓷: one crackled vase in window light, with a twig in it."""

from __future__ import annotations

import numpy as np

from deploy.demo.pictures.brush import stroke
from deploy.demo.pictures.canvas import Canvas, spline
from deploy.demo.pictures.noise import Field, Rng, blur, child, curve, smoothstep
from deploy.demo.pictures.palette import INK, WHITE, colour, mix
from deploy.demo.pictures.plum import flower
from deploy.demo.pictures.stamp import press

# Half-width at heights 0 (foot) to 1 (lip), as multiples of the height.
FORMS = {
    "meiping": [0.15, 0.155, 0.185, 0.235, 0.275, 0.285, 0.25, 0.15, 0.075, 0.07, 0.095],
    "yuhuchun": [0.16, 0.2, 0.265, 0.285, 0.25, 0.18, 0.11, 0.07, 0.058, 0.07, 0.12],
    "moon": [0.16, 0.25, 0.33, 0.37, 0.375, 0.35, 0.28, 0.19, 0.13, 0.12, 0.135],
    "gourd": [0.17, 0.25, 0.285, 0.27, 0.19, 0.115, 0.155, 0.17, 0.135, 0.07, 0.075],
    "mallet": [0.2, 0.205, 0.205, 0.2, 0.19, 0.14, 0.075, 0.07, 0.07, 0.075, 0.12],
}
GLAZES = [
    ("#A9C6B8", "#5F8F82"),
    ("#BFD0CE", "#6C8E97"),
    ("#C4CFA9", "#80935F"),
    ("#CFD6D2", "#8C9A98"),
    ("#9CB7C4", "#4E7388"),
]
WALLS = [("#E8E1D3", "#C9BFAE"), ("#D9DAD3", "#B5B9B2"), ("#E3D5C3", "#BFA98F"), ("#3E4540", "#1F2422")]


def draw(rng: Rng, width: int, height: int) -> Canvas:
    """A still life: wall, table, vase, shadow, twig."""
    canvas = Canvas(rng, width, height)
    light, dark = (colour(code) for code in WALLS[int(rng.integers(len(WALLS)))])
    pale, deep = (colour(code) for code in GLAZES[int(rng.integers(len(GLAZES)))])
    form = np.array(FORMS[str(rng.choice(list(FORMS)))])
    table = canvas.bottom * 0.8
    room(canvas, table, light, dark)
    tall, x = float(rng.uniform(0.5, 0.58)), canvas.right * float(rng.uniform(0.42, 0.58))
    foot = canvas.bottom * 0.855
    shadow(canvas, x, foot, tall, float(form.max()))
    twig(canvas, x, foot - tall, INK if float(light.mean()) > 0.5 else colour("#8A7B68"))
    vase(canvas, x, foot, tall, form, pale, deep)
    canvas.paper(0.4)
    press(canvas, canvas.right * 0.86, canvas.bottom * 0.9, 0.06)
    return canvas


def room(canvas: Canvas, table: float, light: Field, dark: Field) -> None:
    """Light from the upper left through a latticed window, falling across the wall."""
    fall = np.clip(1.05 - np.hypot(canvas.x - 0.1, canvas.y - 0.2) * 0.75, 0, 1)
    canvas.rgb[:] = mix(dark, light, fall)
    u, v = canvas.x + 0.34 * canvas.y, canvas.y * 0.92 - 0.2 * canvas.x
    bars = np.minimum(np.abs(np.mod(u * 4.6, 1) - 0.5), np.abs(np.mod(v * 4.6, 1) - 0.5))
    inside = smoothstep(0.22, 0.28, u) * smoothstep(1.02, 0.9, u) * smoothstep(0.0, 0.05, v) * smoothstep(0.72, 0.62, v)
    pane = blur(smoothstep(0.03, 0.06, bars) * inside, 0.008 * canvas.unit)
    leafy = smoothstep(-0.6, 0.9, blur(canvas.noise(7, 3), 0.01 * canvas.unit))
    canvas.light(pane * 0.22 * leafy * (canvas.y < table), mix(light, WHITE, 0.5))
    wood = mix(dark * 0.82, light * 0.8, np.clip(1.1 - canvas.x / canvas.right, 0, 1) + 0 * canvas.y)
    grain = canvas.noise(40, 3, 0.6, stretch=14) * 0.025 + canvas.noise(3, 2, stretch=4) * 0.02
    canvas.cover(smoothstep(-1, 1, (canvas.y - table) * canvas.unit) + 0 * canvas.x, wood * (1 + grain)[..., None])
    canvas.wash(np.exp(-((canvas.y - table).clip(0) / 0.012)) * (canvas.y >= table) * 0.22 + 0 * canvas.x, INK)


def shadow(canvas: Canvas, x: float, foot: float, tall: float, wide: float) -> None:
    """Contact shadow, and a long soft one to the right."""
    w = wide * tall
    near = np.exp(-(((canvas.x - x - 0.01) / (w * 0.75)) ** 2 + ((canvas.y - foot) / 0.014) ** 2))
    far = np.exp(-(((canvas.x - x - w * 1.1) / (w * 1.5)) ** 2 + ((canvas.y - foot - 0.004) / 0.03) ** 2))
    canvas.wash(np.clip(near * 0.75 + far * 0.42, 0, 0.85), colour("#2A2622"))


def vase(canvas: Canvas, x: float, foot: float, tall: float, form: Field, pale: Field, deep: Field) -> None:
    """A body of revolution under one window: glaze thin at the rim, pooled at the foot, crackled."""
    knots = np.linspace(0, 1, len(form))
    fine = np.linspace(0, 1, 400)
    profile = spline(np.stack([knots, form], 1), 400)
    radius_at = np.interp(fine, profile[:, 0], profile[:, 1]) * tall
    slope_at = np.gradient(radius_at, fine * tall)
    reach = float(radius_at.max()) + 0.02
    part = canvas.part(x - reach, foot - tall - 0.02, x + reach, foot + 0.02)
    up = np.clip((foot - part.y) / tall, 0, 1)
    radius, slope = np.interp(up, fine, radius_at), np.interp(up, fine, slope_at)
    # The foot and the lip are seen a little from above, so both ends are ellipses.
    bow = 0.06 * radius * np.sqrt(np.clip(1 - ((part.x - x) / np.maximum(radius, 1e-4)) ** 2, 0, 1))
    inside = smoothstep(-1, 1, (radius - np.abs(part.x - x)) * canvas.unit)
    inside = (
        inside
        * smoothstep(-1, 1, (foot + bow - 0.004 - part.y) * canvas.unit)
        * smoothstep(-1, 1, (part.y - (foot - tall)) * canvas.unit)
    )
    nx = np.clip((part.x - x) / np.maximum(radius, 1e-4), -1, 1)
    nz = np.sqrt(1 - nx * nx)
    norm = np.sqrt(1 + slope * slope)
    nx, ny, nz = nx / norm, slope / norm * 1.0, nz / norm
    lambert = np.clip(-0.62 * nx - 0.42 * ny + 0.66 * nz, 0, 1)
    rim_light = np.clip(nx - 0.72, 0, 1) * 0.9
    pool = 0.5 * np.exp(-((up / 0.09) ** 2)) + 0.28 * np.clip(-slope, 0, 1) - 0.35 * smoothstep(0.975, 1.0, up)
    tone = mix(deep * 0.62, pale, np.clip(0.14 + 0.95 * lambert - 0.3 * pool + 0.04 * part.noise(6, 3), 0, 1))
    tone = mix(tone, mix(pale, WHITE, 0.3), rim_light * 0.8)
    tone = mix(tone, mix(pale, WHITE, 0.7), smoothstep(0.982, 0.995, up) * 0.8)
    crack = crackle(part, nx * norm, up, tall) * (0.5 + 0.5 * nz)
    tone = tone * (1 - 0.34 * crack)[..., None]
    u, v = nx * norm + 0.42, (up - 0.66 + 0.05 * nx)
    window = (
        smoothstep(0.11, 0.075, np.abs(u))
        * smoothstep(0.14, 0.11, np.abs(v))
        * smoothstep(0.008, 0.016, np.abs(u))
        * smoothstep(0.006, 0.012, np.abs(v))
    )
    strength = np.interp(0.66, fine, radius_at) / max(float(radius_at.max()), 1e-6)
    gleam = blur(window, 0.002 * canvas.unit) * (0.6 if strength > 0.4 else 0.0) + 0.5 * np.exp(
        -(((u + 0.02) / 0.05) ** 2)
    ) * np.exp(-(((up - 0.2) / 0.16) ** 2))
    tone = tone + (1 - tone) * np.clip(gleam * 0.75, 0, 0.8)[..., None]
    part.cover(inside, tone)


def crackle(part: Canvas, turn: Field, up: Field, tall: float) -> Field:
    """Net of fine cracks: borders of Voronoi cells wrapped round the body, coarse ones dark, fine ones faint."""
    rng = child(part.rng)
    total = np.zeros(turn.shape, dtype=np.float32)
    bend = part.noise(12, 3)
    for cells, weight in ((7.0, 0.9), (15.0, 0.5)):
        u = np.arcsin(np.clip(turn, -1, 1)) * cells * 0.32 + 40 + 0.16 * bend
        v = up * cells + 40 + 0.16 * bend[::-1]
        grid = rng.random((80, 80, 2)).astype(np.float32)
        iu, iv = np.floor(u).astype(int), np.floor(v).astype(int)
        first = np.full(turn.shape, 9.0, dtype=np.float32)
        second = first.copy()
        for a in (-1, 0, 1):
            for b in (-1, 0, 1):
                spot = grid[(iv + b) % 80, (iu + a) % 80]
                away = np.hypot(u - iu - a - spot[..., 0], v - iv - b - spot[..., 1]).astype(np.float32)
                second = np.minimum(second, np.maximum(first, away))
                first = np.minimum(first, away)
        width = 1.3 * cells / (tall * part.unit)
        total = np.maximum(total, weight * smoothstep(width + 0.014, 0.0, second - first))
    return total


def twig(canvas: Canvas, x: float, y: float, tone: Field) -> None:
    """One bare branch with a few blossoms, rising from the lip."""
    rng = canvas.rng
    side = float(rng.choice([-1, 1]))
    points = [
        (x, y + 0.06),
        (x + side * 0.03, y - 0.06),
        (x + side * 0.11, y - 0.16),
        (x + side * 0.14, y - 0.26),
        (x + side * 0.27, y - 0.35),
    ]
    path = spline([(px + rng.normal(0, 0.008), py) for px, py in points], 260)
    path += np.stack([curve(rng, 260, 9, 3), curve(rng, 260, 9, 3)], 1) * 0.003
    limbs = [(path, np.linspace(0.0068, 0.0024, 260))]
    for at in (95, 150, 205):
        angle = -np.pi / 2 + rng.normal(-side * 0.2, 0.55)
        reach = rng.uniform(0.07, 0.16)
        end = path[at] + reach * np.array([np.cos(angle), np.sin(angle)])
        middle = (path[at] + end) / 2 + rng.normal(0, 0.014, 2)
        limbs.append((spline([path[at], middle, end], 120), np.linspace(0.0036, 0.0016, 120)))
    dark = float(tone.mean()) < 0.4
    for limb, width in limbs:
        window, ink = stroke(canvas, limb, width, dry=0.12)
        if dark:
            window.wash(ink * 0.92, tone)
        else:
            window.cover(ink, tone)
    petal = [colour("#C8483E"), colour("#F8F3EA"), colour("#DD8C8C")][int(rng.integers(3))]
    for limb, _ in limbs:
        for _ in range(int(rng.integers(2, 5))):
            px, py = limb[int(rng.integers(len(limb) // 2, len(limb)))]
            flower(canvas, float(px), float(py), float(rng.choice([0.023, 0.019, 0.011])), petal)
