"""Texts hidden in the lowest bits of a picture's pixels ("stealth PNG info"): read within bounds, and erased."""

import zlib

from PIL import Image

TEXT_LIMIT = 1024 * 1024
_MAGICS = {
    "A": ((b"stealth_pnginfo", False), (b"stealth_pngcomp", True)),
    "RGB": ((b"stealth_rgbinfo", False), (b"stealth_rgbcomp", True)),
}
_MAGIC_BITS = 15 * 8
_LENGTH_BITS = 32
_AS_DIGITS = bytes(48 + (value & 1) for value in range(256))


def read_stealth(image: Image.Image) -> str | None:
    """The hidden text of an RGB or RGBA picture, or None. Never raises; at most 1 MB is read or unpacked."""
    for bands in _bands(image):
        found = _payload(image, bands)
        if found:
            return found
    return None


def erase_stealth(image: Image.Image) -> Image.Image:
    """The picture without a hidden text: the lowest bits that held it are cleared, or, in an alpha channel, set.
    The same picture where there is none.
    """
    for bands in _bands(image):
        if _magic(image, bands) is None:
            continue
        channels = list(image.split())
        if bands == "A":
            channels[3] = channels[3].point([value | 1 for value in range(256)])
        else:
            channels[:3] = [channel.point([value & 0xFE for value in range(256)]) for channel in channels[:3]]
        image = Image.merge(image.mode, channels)
    return image


def _bands(image: Image.Image) -> tuple[str, ...]:
    return {"RGBA": ("A", "RGB"), "RGB": ("RGB",)}.get(image.mode, ())


def _payload(image: Image.Image, bands: str) -> str | None:
    is_packed = _magic(image, bands)
    if is_packed is None:
        return None
    length = int.from_bytes(_bits(image, bands, _MAGIC_BITS, _LENGTH_BITS), "big")
    if length % 8 or not 0 < length <= TEXT_LIMIT * 8:
        return None
    data = _bits(image, bands, _MAGIC_BITS + _LENGTH_BITS, length)
    if is_packed:
        try:
            data = zlib.decompressobj(wbits=31).decompress(data, TEXT_LIMIT)
        except zlib.error:
            return None
    return data.decode("utf-8", "replace")


def _magic(image: Image.Image, bands: str) -> bool | None:
    """Whether the text behind the magic word is packed; None where there is no magic word."""
    start = _bits(image, bands, 0, _MAGIC_BITS)
    return next((is_packed for magic, is_packed in _MAGICS[bands] if start == magic), None)


def _bits(image: Image.Image, bands: str, start: int, count: int) -> bytes:
    """`count` hidden bits from `start` on, as bytes; b"" where the picture holds fewer. Columns go first."""
    per_column = image.height * len(bands)
    first, last = start // per_column, -(-(start + count) // per_column)
    if last > image.width or not per_column:
        return b""
    columns = image.crop((first, 0, last, image.height))
    part = columns.getchannel("A") if bands == "A" else columns.convert("RGB")
    samples = part.transpose(Image.Transpose.TRANSPOSE).tobytes()
    inside = start - first * per_column
    digits = samples[inside : inside + count].translate(_AS_DIGITS)
    return int(digits, 2).to_bytes(count // 8, "big") if len(digits) == count else b""
