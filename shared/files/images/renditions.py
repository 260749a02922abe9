"""The forms in which a picture leaves the shop: without what is private, with its AI label seen and unseen."""

import base64
import io
from dataclasses import dataclass
from typing import Any

from PIL import Image

from shared.files.formats import Kind
from shared.files.generation.stealth import erase_stealth
from shared.files.images.colour import PROFILE_LIMIT, dominant_colour, eight_bit, in_srgb, upright
from shared.files.labels import AigcLabel, draw_visible_label, read_label, write_label

CARD_WIDTH, CARD_HEIGHT = 640, 1600
LARGE_SIDE = 1600
PLACEHOLDER_LIMIT = 400
_QUALITY = 82
_ORIGINAL_QUALITY = 95


@dataclass(frozen=True)
class Rendition:
    """An encoded picture; `data` is what is served."""

    name: str
    media_type: str
    width: int
    height: int
    data: bytes


@dataclass(frozen=True)
class PictureVariants:
    """`placeholder` is a data URI of at most 400 characters, `colour` is #rrggbb; width and height are the upright
    original's.
    """

    card: Rendition
    large: Rendition
    placeholder: str
    colour: str
    width: int
    height: int


def variants(
    image: Image.Image, label: AigcLabel | None, key: bytes | None = None, kind: Kind = Kind.WEBP
) -> PictureVariants:
    """The picture for cards (at most 640 wide) and for its page (at most 1,600 a side), never enlarged, in sRGB
    and without metadata. With a label, the words `AI生成` are drawn on both and the label is in their XMP,
    signed with `key`. `kind` is WEBP, JPEG or PNG.

    The words stand in the lower right corner: a page that crops must keep that corner.
    """
    turned = upright(image)
    large = in_srgb(_within(turned, LARGE_SIDE, LARGE_SIDE))
    card = _within(large, CARD_WIDTH, CARD_HEIGHT)
    return PictureVariants(
        card=_rendition("card", card, label, key, kind),
        large=_rendition("large", large, label, key, kind),
        placeholder=_placeholder(card),
        colour=dominant_colour(card),
        width=turned.width,
        height=turned.height,
    )


def strip_private(
    image: Image.Image, label: AigcLabel | None = None, key: bytes | None = None, *, visible: bool = True
) -> Rendition:
    """The whole picture, encoded anew in its own type (GIF as PNG) without prompts, EXIF, places, comments or
    texts hidden in pixels; its colour profile stays and its orientation is applied.

    An AI label is never lost: `label` is written, or else the one found in the picture. The words are drawn too
    unless `visible` is False, which only a recorded request allows (标识办法, article 9).
    """
    label = label or read_label(image)
    profile = image.info.get("icc_profile")
    kind = {"JPEG": Kind.JPEG, "WEBP": Kind.WEBP}.get(image.format or "", Kind.PNG)
    plain = erase_stealth(eight_bit(upright(image)))
    if plain.mode == "CMYK":
        plain, profile = in_srgb(plain), None
    if label is not None and visible:
        plain = draw_visible_label(plain)
    # A profile for RGB or grey does not fit the other; keeping it wrongly would shift every colour.
    keeps = isinstance(profile, bytes) and len(profile) <= PROFILE_LIMIT and profile[16:20] == _space(plain)
    options: dict[str, Any] = {"icc_profile": profile} if keeps else {}
    data = _with_label(_encoded(plain, kind, _ORIGINAL_QUALITY, **options), label, key)
    return Rendition("original", kind.media_type, plain.width, plain.height, data)


def _rendition(name: str, image: Image.Image, label: AigcLabel | None, key: bytes | None, kind: Kind) -> Rendition:
    shown = image if label is None else draw_visible_label(image)
    data = _with_label(_encoded(shown, kind, _QUALITY), label, key)
    return Rendition(name, kind.media_type, shown.width, shown.height, data)


def _with_label(data: bytes, label: AigcLabel | None, key: bytes | None) -> bytes:
    return data if label is None else write_label(data, label, key)


def _within(image: Image.Image, width: int, height: int) -> Image.Image:
    scale = min(1.0, width / image.width, height / image.height)
    if scale == 1.0:
        return image
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    smaller = eight_bit(image).resize(size, Image.Resampling.LANCZOS, reducing_gap=3.0)
    if "icc_profile" in image.info:
        smaller.info["icc_profile"] = image.info["icc_profile"]
    return smaller


def _encoded(image: Image.Image, kind: Kind, quality: int, **options: Any) -> bytes:
    # Pillow writes comments and packets that it finds in `info`, so the encoder gets pixels alone.
    bare = image.copy()
    bare.info = {}
    if kind is Kind.JPEG and bare.mode == "RGBA":
        bare = Image.alpha_composite(Image.new("RGBA", bare.size, "white"), bare).convert("RGB")
    out = io.BytesIO()
    match kind:
        case Kind.JPEG:
            bare.save(out, "JPEG", quality=quality, subsampling=0 if quality > 90 else 2, optimize=True, **options)
        case Kind.WEBP:
            bare.save(out, "WEBP", quality=quality, method=4, **options)
        case _:
            bare.save(out, "PNG", **options)
    return out.getvalue()


def _space(image: Image.Image) -> bytes:
    return b"GRAY" if image.mode == "L" else b"RGB "


def _placeholder(image: Image.Image) -> str:
    for side, quality in ((16, 30), (10, 20), (6, 10)):
        tiny = image.convert("RGB").resize(
            (
                max(1, round(side * image.width / max(image.size))),
                max(1, round(side * image.height / max(image.size))),
            ),
            Image.Resampling.BOX,
        )
        data = base64.b64encode(_encoded(tiny, Kind.WEBP, quality)).decode()
        uri = f"data:image/webp;base64,{data}"
        if len(uri) <= PLACEHOLDER_LIMIT:
            return uri
    return ""
