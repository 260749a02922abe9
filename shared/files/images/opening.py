"""Opening a stranger's picture: every claim is checked before anything is decoded."""

import io
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image

from shared.files.formats import IMAGES, Kind, detect
from shared.files.problems import FileRefused


@dataclass(frozen=True)
class ImageLimits:
    """`pixels` is of one frame, `all_pixels` of all frames together; decoded, a pixel takes four bytes."""

    size: int = 50 * 1024 * 1024
    pixels: int = 80_000_000
    side: int = 16_384
    least_side: int = 1
    frames: int = 300
    all_pixels: int = 400_000_000


DEFAULT_LIMITS = ImageLimits()


def open_image(file: BinaryIO, limits: ImageLimits = DEFAULT_LIMITS) -> Image.Image:
    """The picture, decoded, with its metadata in `info`; of an animation the first frame. Its orientation is
    not yet applied. Accepts PNG, JPEG, WebP and GIF by content; raises FileRefused and nothing else.
    """
    size = file.seek(0, io.SEEK_END)
    if size > limits.size:
        raise FileRefused("file-too-large", f"A picture may have {limits.size // 1024 // 1024} MB.")
    kind = detect(file)
    if kind not in IMAGES:
        raise FileRefused("type-refused", "Only PNG, JPEG, WebP and GIF pictures are accepted.")
    file.seek(0)
    data = file.read(limits.size + 1)
    if kind is Kind.WEBP:
        _check_size(_webp_size(data), limits)
    try:
        return _opened(data, kind, limits)
    except FileRefused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise FileRefused("image-too-large") from error
    except Exception as error:  # decoders raise whatever damaged bytes provoke; all of it means the same
        raise FileRefused("image-unreadable") from error


def _opened(data: bytes, kind: Kind, limits: ImageLimits) -> Image.Image:
    image = Image.open(io.BytesIO(data), formats=[kind.value.upper()])
    _check_size(image.size, limits)
    frames = getattr(image, "n_frames", 1)
    if frames > limits.frames or frames * image.width * image.height > limits.all_pixels:
        raise FileRefused("image-too-many-frames", f"The animation has {frames} frames.")
    image.seek(0)
    image.load()
    return image


def _check_size(size: tuple[int, int], limits: ImageLimits) -> None:
    width, height = size
    if max(size) > limits.side or width * height > limits.pixels:
        raise FileRefused(
            "image-too-large",
            f"It has {width} x {height} pixels; the most is {limits.side} a side and {limits.pixels} in all.",
        )
    if min(size) < limits.least_side:
        raise FileRefused("image-too-small", f"The shortest side must have {limits.least_side} pixels or more.")


def _webp_size(data: bytes) -> tuple[int, int]:
    # Pillow's decoder takes memory for the whole canvas as soon as the file is opened.
    chunk, body = data[12:16], data[20:30]
    if len(body) < 10:
        raise FileRefused("image-unreadable")
    if chunk == b"VP8X":
        return int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        return int.from_bytes(body[6:8], "little") & 0x3FFF, int.from_bytes(body[8:10], "little") & 0x3FFF
    raise FileRefused("image-unreadable")
