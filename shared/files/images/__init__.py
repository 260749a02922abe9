"""Pictures: opened within limits, and given out in forms that carry their AI label and nothing private."""

from shared.files.images.colour import dominant_colour, upright
from shared.files.images.opening import DEFAULT_LIMITS, ImageLimits, open_image
from shared.files.images.renditions import PictureVariants, Rendition, strip_private, variants

__all__ = [
    "DEFAULT_LIMITS",
    "ImageLimits",
    "PictureVariants",
    "Rendition",
    "dominant_colour",
    "open_image",
    "strip_private",
    "upright",
    "variants",
]
