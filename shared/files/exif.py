"""Texts in a picture's EXIF, whichever way its writer encoded them."""

from PIL import Image

TEXT_LIMIT = 2 * 1024 * 1024
USER_COMMENT, IMAGE_DESCRIPTION, MAKE, MODEL = 0x9286, 0x010E, 0x010F, 0x0110
_EXIF_IFD = 0x8769


def user_comment(image: Image.Image) -> str:
    """UserComment as text, or "" where there is none; never raises."""
    try:
        value = image.getexif().get_ifd(_EXIF_IFD).get(USER_COMMENT)
    except Exception:  # Pillow raises many kinds on damaged EXIF, and none of them matters here
        return ""
    return _decoded(value)


def exif_text(image: Image.Image, tag: int) -> str:
    """A text of the main directory, or "" where there is none; never raises."""
    try:
        value = image.getexif().get(tag)
    except Exception:  # as above
        return ""
    return _decoded(value)


def _decoded(value: object) -> str:
    if isinstance(value, str):
        return value[:TEXT_LIMIT].strip("\x00 ")
    if not isinstance(value, bytes) or len(value) > TEXT_LIMIT:
        return ""
    code, body = value[:8], value[8:]
    if code == b"UNICODE\x00":
        return _utf16(body)
    if code in {b"ASCII\x00\x00\x00", b"JIS\x00\x00\x00\x00\x00", bytes(8)}:
        return body.decode("utf-8", "replace").strip("\x00 ")
    return value.decode("utf-8", "replace").strip("\x00 ")


def _utf16(body: bytes) -> str:
    # The standard leaves the byte order open: piexif writes big-endian, Windows tools little-endian. Generation
    # texts are mostly Latin letters, whose high byte is zero.
    if body[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return body.decode("utf-16", "replace").strip("\x00 ")
    sample = body[:2000]
    little = sample[1::2].count(0) > sample[0::2].count(0)
    return body.decode("utf-16-le" if little else "utf-16-be", "replace").strip("\x00 ")
