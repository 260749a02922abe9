"""Putting an XMP packet into the bytes of a picture without touching its pixels or anything else in it."""

import io
import struct
import zlib
from collections.abc import Iterator

from PIL import Image

from shared.files.problems import FileRefused

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_KEYWORD = b"XML:com.adobe.xmp\x00"
_JPEG_NAMESPACE = b"http://ns.adobe.com/xap/1.0/\x00"
_JPEG_SEGMENT = 65_533
_WEBP_XMP, _WEBP_ALPHA = 0x04, 0x10


def packet_of(data: bytes) -> bytes | None:
    """The XMP packet of a PNG, JPEG or WebP, or None."""
    if data.startswith(_PNG):
        return next((_itxt_text(body) for kind, body in _png_chunks(data) if _is_png_xmp(kind, body)), None)
    if data.startswith(b"\xff\xd8"):
        start = len(_JPEG_NAMESPACE)
        return next((body[start:] for marker, body in _jpeg_segments(data) if _is_jpeg_xmp(marker, body)), None)
    return next((body for kind, body in _webp_chunks(data) if kind == b"XMP "), None)


def with_packet(data: bytes, packet: bytes) -> bytes:
    """The picture with this packet in the place of its own. Raises FileRefused where the bytes are none of PNG,
    JPEG and WebP, or damaged.
    """
    if data.startswith(_PNG):
        return _png_with(data, packet)
    if data.startswith(b"\xff\xd8"):
        return _jpeg_with(data, packet)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _webp_with(data, packet)
    raise FileRefused("type-refused", "Labels are written into PNG, JPEG and WebP pictures.")


def fits(data: bytes, packet: bytes) -> bool:
    """False where the packet is too long for this type: a JPEG segment holds 64 KB."""
    return not data.startswith(b"\xff\xd8") or len(packet) + len(_JPEG_NAMESPACE) <= _JPEG_SEGMENT


def _png_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = len(_PNG)
    while position + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, position)
        end = position + 12 + length
        if end > len(data):
            raise FileRefused("image-unreadable")
        yield data[position + 4 : position + 8], data[position + 8 : end - 4]
        position = end


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _is_png_xmp(kind: bytes, body: bytes) -> bool:
    return kind == b"iTXt" and body.startswith(_PNG_KEYWORD)


def _itxt_text(body: bytes) -> bytes:
    # keyword, NUL, compressed?, method, language, NUL, translated keyword, NUL, text
    is_compressed, rest = body[len(_PNG_KEYWORD) : len(_PNG_KEYWORD) + 1], body[len(_PNG_KEYWORD) + 2 :]
    text = rest.split(b"\x00", 2)[-1]
    if is_compressed == b"\x01":
        try:
            text = zlib.decompressobj().decompress(text, 1024 * 1024 + 1)
        except zlib.error:
            return b""
    return text


def _png_with(data: bytes, packet: bytes) -> bytes:
    out = [_PNG]
    for kind, body in _png_chunks(data):
        if not _is_png_xmp(kind, body):
            out.append(_png_chunk(kind, body))
        if kind == b"IHDR":
            out.append(_png_chunk(b"iTXt", _PNG_KEYWORD + b"\x00\x00\x00\x00" + packet))
    return b"".join(out)


def _jpeg_segments(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Marker and body of each segment before the picture's data; the last one is (0, the rest with its marker)."""
    position = 2
    while position + 4 <= len(data):
        marker = data[position + 1]
        if data[position] != 0xFF:
            raise FileRefused("image-unreadable")
        if marker == 0xFF:  # a fill byte
            position += 1
            continue
        if marker == 0xDA:
            yield 0, data[position:]
            return
        (length,) = struct.unpack_from(">H", data, position + 2)
        yield marker, data[position + 4 : position + 2 + length]
        position += 2 + length
    raise FileRefused("image-unreadable")


def _is_jpeg_xmp(marker: int, body: bytes) -> bool:
    return marker == 0xE1 and body.startswith(_JPEG_NAMESPACE)


def _jpeg_with(data: bytes, packet: bytes) -> bytes:
    out, placed = [b"\xff\xd8"], False
    for marker, body in _jpeg_segments(data):
        # JFIF and Exif want to be first; XMP follows them.
        if not placed and not (marker == 0xE0 or (marker == 0xE1 and body.startswith(b"Exif\x00"))):
            out.append(_jpeg_segment(0xE1, _JPEG_NAMESPACE + packet))
            placed = True
        if not _is_jpeg_xmp(marker, body):
            out.append(_jpeg_segment(marker, body) if marker else body)
    return b"".join(out)


def _jpeg_segment(marker: int, body: bytes) -> bytes:
    return b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body


def _webp_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    position = 12
    while position + 8 <= len(data):
        (length,) = struct.unpack_from("<I", data, position + 4)
        if position + 8 + length > len(data):
            raise FileRefused("image-unreadable")
        yield data[position : position + 4], data[position + 8 : position + 8 + length]
        position += 8 + length + (length & 1)


def _webp_with(data: bytes, packet: bytes) -> bytes:
    chunks = [(kind, body) for kind, body in _webp_chunks(data) if kind != b"XMP "]
    if not chunks or len(chunks[0][1]) < 5:
        raise FileRefused("image-unreadable")
    if chunks[0][0] == b"VP8X":
        features = chunks[0][1]
        chunks[0] = (b"VP8X", bytes([features[0] | _WEBP_XMP]) + features[1:])
    else:
        chunks.insert(0, (b"VP8X", _webp_features(data)))
    chunks.append((b"XMP ", packet))
    body = b"".join(
        kind + struct.pack("<I", len(content)) + content + bytes(len(content) & 1) for kind, content in chunks
    )
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _webp_features(data: bytes) -> bytes:
    with Image.open(io.BytesIO(data), formats=["WEBP"]) as image:
        width, height = image.size
        flags = _WEBP_XMP | (_WEBP_ALPHA if image.mode == "RGBA" else 0)
    return bytes([flags, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
