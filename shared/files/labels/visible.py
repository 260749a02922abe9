"""The label people see: a plate with the words `AI生成` in a corner of the picture.

Its four signs are our own strokes, so that no font has to be shipped or found on the machine. The words must hold
an AI part and a generation part, at an edge or corner, at least 5 % of the shortest side high (GB 45438-2025, read
second-hand).
"""

import math
from functools import lru_cache

from PIL import Image, ImageDraw

TEXT = "AI生成"
SHARE_OF_SHORTEST_SIDE = 0.05
_READABLE = 14  # pixels; below this the strokes of 成 run into each other
_SUPERSAMPLING = 4
_PEN = 9.0
_GAP = 14.0
_PLATE = (16, 18, 24, 176)
_INK = (255, 255, 255)

Point = tuple[float, float]
Stroke = tuple[Point, ...]


def _curve(start: Point, bend: Point, end: Point, steps: int = 14) -> Stroke:
    """A quadratic Bezier curve as a polyline."""
    return tuple(
        (
            (1 - t) ** 2 * start[0] + 2 * (1 - t) * t * bend[0] + t**2 * end[0],
            (1 - t) ** 2 * start[1] + 2 * (1 - t) * t * bend[1] + t**2 * end[1],
        )
        for t in (step / steps for step in range(steps + 1))
    )


# Middle lines of the strokes, in a box 100 high whose ink reaches from 0 to 100.
_TOP, _BOTTOM = _PEN / 2, 100 - _PEN / 2
_GLYPHS: dict[str, tuple[float, tuple[Stroke, ...]]] = {
    "A": (76, (((4.5, _BOTTOM), (38, _TOP), (71.5, _BOTTOM)), ((17, 66), (59, 66)))),
    "I": (9, (((4.5, _TOP), (4.5, _BOTTOM)),)),
    "生": (
        96,
        (
            _curve((25, _TOP + 3), (20, 27), (6, 43)),
            ((21, 26), (87, 26)),
            ((18, 59), (83, 59)),
            ((51, _TOP), (51, _BOTTOM)),
            ((4.5, _BOTTOM), (91.5, _BOTTOM)),
        ),
    ),
    "成": (
        98,
        (
            ((14, 24), (92, 24)),
            ((15, 24), (15, 52), *_curve((15, 52), (15, 78), (4.5, _BOTTOM))),
            ((15, 48), (44, 48), *_curve((44, 48), (44, 66), (41, 76)), (29, 74)),
            (*_curve((54, _TOP), (57, 72), (84, _BOTTOM)), (93, 77)),
            _curve((82, 41), (70, 72), (40, _BOTTOM - 2)),
            ((71, 6), (83, 15)),
        ),
    ),
}


def label_height(width: int, height: int) -> int:
    """How many pixels high the signs are in a picture of this size: 5 % of the shortest side, rounded up."""
    return math.ceil(min(width, height) * SHARE_OF_SHORTEST_SIDE)


def draw_visible_label(image: Image.Image, text: str = TEXT) -> Image.Image:
    """A copy of the picture, RGB or RGBA, with the words in its lower right corner.

    The signs are at least `label_height` high, white on a dark plate, so they read on any ground. `text` may use
    the signs A, I, 生 and 成.
    """
    width, height = image.size
    size = label_height(width, height)
    if _plate_size(text, _READABLE)[0] <= width and _plate_size(text, _READABLE)[1] <= height:
        size = max(size, _READABLE)
    plate = _plate(text, size)
    margin = min(round(size * 0.4), max(0, width - plate.width), max(0, height - plate.height))
    is_clear = image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info
    labelled = image.convert("RGBA" if is_clear else "RGB")
    corner = (max(0, width - plate.width - margin), max(0, height - plate.height - margin))
    under = labelled.crop((*corner, corner[0] + plate.width, corner[1] + plate.height)).convert("RGBA")
    labelled.paste(Image.alpha_composite(under, plate).convert(labelled.mode), corner)
    return labelled


def label_strokes(text: str = TEXT) -> tuple[float, float, list[Stroke]]:
    """The words as middle lines for another drawing: width and pen in hundredths of their height, and the strokes
    with y downwards from 0 to 100.
    """
    left, strokes = 0.0, []
    for sign in text:
        width, own = _GLYPHS[sign]
        strokes += [tuple((left + x, y) for x, y in stroke) for stroke in own]
        left += width + _GAP
    return left - _GAP, _PEN, strokes


def _plate_size(text: str, size: int) -> tuple[int, int]:
    return _text_width(text, size) + 2 * round(size * 0.45), size + 2 * round(size * 0.32)


def _text_width(text: str, size: int) -> int:
    total = sum(_GLYPHS[sign][0] for sign in text) + _GAP * (len(text) - 1)
    return math.ceil(total * size / 100)


@lru_cache(maxsize=16)
def _plate(text: str, size: int) -> Image.Image:
    width, height = _plate_size(text, size)
    scale = _SUPERSAMPLING
    ground = Image.new("L", (width * scale, height * scale), 0)
    ImageDraw.Draw(ground).rounded_rectangle(
        (0, 0, width * scale - 1, height * scale - 1), radius=size * scale * 0.3, fill=_PLATE[3]
    )
    plate = Image.new("RGBA", (width, height), (*_PLATE[:3], 0))
    plate.putalpha(ground.resize((width, height), Image.Resampling.BOX))
    ink = Image.new("RGBA", (width, height), (*_INK, 0))
    ink.putalpha(_ink(text, size, (width, height)))
    return Image.alpha_composite(plate, ink)


def _ink(text: str, size: int, plate: tuple[int, int]) -> Image.Image:
    unit = size * _SUPERSAMPLING / 100
    mask = Image.new("L", (plate[0] * _SUPERSAMPLING, plate[1] * _SUPERSAMPLING), 0)
    draw = ImageDraw.Draw(mask)
    left, top = round(size * 0.45) * _SUPERSAMPLING, round(size * 0.32) * _SUPERSAMPLING
    for sign in text:
        width, strokes = _GLYPHS[sign]
        for stroke in strokes:
            _draw_stroke(draw, [(left + x * unit, top + y * unit) for x, y in stroke], _PEN * unit)
        left += round((width + _GAP) * unit)
    return mask.resize(plate, Image.Resampling.BOX)


def _draw_stroke(draw: ImageDraw.ImageDraw, points: list[Point], pen: float) -> None:
    draw.line(points, fill=255, width=round(pen), joint="curve")
    for x, y in points:
        draw.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=255)
