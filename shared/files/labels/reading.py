"""Finding the label in a picture, wherever its writer put it, and writing ours into the bytes."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image

from shared.files.exif import IMAGE_DESCRIPTION, exif_text, user_comment
from shared.files.labels.aigc import AigcLabel, is_signed, pixel_digest, sign_label
from shared.files.labels.containers import fits, packet_of, with_packet
from shared.files.labels.xmp import label_in_packet, packet_with_label
from shared.files.problems import FileRefused


def read_label(image: Image.Image) -> AigcLabel | None:
    """The label of an opened (and loaded) picture: XMP as element or attribute, a PNG text chunk `AIGC`, or
    {"AIGC": ...} in EXIF's UserComment or ImageDescription. None where there is none; never raises.
    """
    for packet in (image.info.get("xmp"), image.info.get("XML:com.adobe.xmp")):
        if isinstance(packet, bytes | str) and (found := label_in_packet(packet)):
            return found
    chunk = image.info.get("AIGC")
    if isinstance(chunk, str) and (found := AigcLabel.from_json(chunk)):
        return found
    return _in_text(user_comment(image)) or _in_text(exif_text(image, IMAGE_DESCRIPTION))


def write_label(data: bytes, label: AigcLabel, key: bytes | None = None) -> bytes:
    """A PNG, JPEG or WebP with the label in its XMP, other properties kept, pixels untouched. With `key`, the
    label is signed for the pixels as they decode. Raises FileRefused where the bytes are no such picture.
    """
    with _refusing_damage():
        signed = label if key is None else sign_label(label, key, digest_of(data))
        packet = packet_with_label(packet_of(data), signed)
        if not fits(data, packet):
            packet = packet_with_label(None, signed)
        return with_packet(data, packet)


def has_our_label(data: bytes, key: bytes) -> bool:
    """True where the picture carries a label signed with `key` for exactly its pixels.

    Decoders of lossy pictures may differ by a bit between versions: False proves no tampering, True proves origin.
    """
    try:
        with _refusing_damage():
            packet = packet_of(data)
            label = label_in_packet(packet) if packet else None
            return label is not None and is_signed(label, key, digest_of(data))
    except FileRefused:
        return False


def digest_of(data: bytes) -> str:
    """`pixel_digest` of an encoded picture; raises FileRefused where it does not decode."""
    with _refusing_damage(), Image.open(io.BytesIO(data), formats=["PNG", "JPEG", "WEBP"]) as image:
        return pixel_digest(image)


@contextmanager
def _refusing_damage() -> Iterator[None]:
    try:
        yield
    except FileRefused:
        raise
    except Exception as error:  # decoders and structs raise whatever damaged bytes provoke; all mean the same
        raise FileRefused("image-unreadable") from error


def _in_text(text: str) -> AigcLabel | None:
    start = text.find('{"AIGC"')
    if start < 0:
        return AigcLabel.from_json(text) if text.startswith("{") and '"AIGC"' in text else None
    try:
        value, _ = json.JSONDecoder().raw_decode(text, start)
    except (ValueError, RecursionError):
        return None
    return AigcLabel.from_dict(value)
