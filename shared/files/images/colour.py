"""Colours: into sRGB for the web, and the one a picture is mostly of."""

import io
from functools import cache

from PIL import Image, ImageCms, ImageOps

PROFILE_LIMIT = 4 * 1024 * 1024
_CLEAR = frozenset({"RGBA", "LA", "PA", "La", "RGBa"})


def upright(image: Image.Image) -> Image.Image:
    """The picture turned as its EXIF says; as it is where that cannot be read."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # damaged EXIF raises many kinds, and none of them spoils the pixels
        return image


def eight_bit(image: Image.Image) -> Image.Image:
    """The picture in L, RGB, RGBA or CMYK, its transparency kept."""
    if image.mode in {"L", "RGB", "RGBA", "CMYK"} and "transparency" not in image.info:
        return image
    if image.mode.startswith("I"):
        return image.convert("I").point([value >> 8 for value in range(65_536)], "L")
    if image.mode in _CLEAR or "transparency" in image.info:
        return image.convert("RGBA")
    return image.convert("L" if image.mode in {"1", "F"} else "RGB")


def in_srgb(image: Image.Image) -> Image.Image:
    """The picture in RGB or RGBA with the colours of sRGB; without a sound profile they are taken as they are."""
    profile = image.info.get("icc_profile")
    plain = eight_bit(image)
    target = "RGBA" if plain.mode == "RGBA" else "RGB"
    if isinstance(profile, bytes) and len(profile) <= PROFILE_LIMIT and plain.mode in {"RGB", "RGBA", "CMYK"}:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            converted = ImageCms.profileToProfile(plain, source, _srgb(), outputMode=target)
        except (ImageCms.PyCMSError, OSError, ValueError):
            converted = None
        if converted is not None:
            return converted
    return plain.convert(target)


def dominant_colour(image: Image.Image) -> str:
    """The colour most of the picture has, as #rrggbb: what a page shows before the picture is there."""
    small = in_srgb(image.resize((32, 32), Image.Resampling.BOX)).convert("RGB")
    counted = small.quantize(8).convert("RGB").getcolors(256) or []
    _, colour = max(counted, key=lambda pair: pair[0])
    return "#{:02x}{:02x}{:02x}".format(*colour) if isinstance(colour, tuple) else "#808080"


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
