"""A small PDF by hand: one cover picture, then pages of text in the readers' own Chinese font.

The font is Adobe's predefined STSong-Light with the UniGB-UTF16-H character map (ISO 32000-1, 9.7.5.2): nothing to
embed, and the text can be selected, searched and copied.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

from PIL import Image

WIDTH, HEIGHT = 420, 595
_RUNS = re.compile(r"[\x20-\x7e]+|[^\x20-\x7e]+")
_FONTS = (
    b"<< /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >> "
    b"/F2 << /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UTF16-H /DescendantFonts [ "
    b"<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /DW 1000 /CIDSystemInfo "
    b"<< /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> /FontDescriptor "
    b"<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 "
    b"/Ascent 880 /Descent -120 /CapHeight 880 /StemV 93 >> >> ] >> >>"
)


class Page:
    """Text and rules on one page; coordinates are points from the upper left corner."""

    def __init__(self) -> None:
        self.parts: list[bytes] = []

    def text(self, x: float, y: float, size: float, words: str, grey: float = 0.11) -> None:
        """One line of Chinese and Latin, each in its font."""
        shown = [f"BT {grey:g} g {x:g} {HEIGHT - y:g} Td".encode()]
        for run in _RUNS.findall(words):
            if run[0] < "\x7f":
                plain = run.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
                shown.append(f"/F1 {size * 0.92:g} Tf ({plain}) Tj".encode())
            else:
                shown.append(f"/F2 {size:g} Tf <{run.encode('utf-16-be').hex()}> Tj".encode())
        self.parts.append(b" ".join([*shown, b"ET"]))

    def rule(self, y: float, left: float = 36, right: float = WIDTH - 36) -> None:
        """A hairline across."""
        self.parts.append(f"0.85 G 0.5 w {left:g} {HEIGHT - y:g} m {right:g} {HEIGHT - y:g} l S".encode())

    def picture(self, top: float, height: float) -> None:
        """The cover picture over the full width."""
        self.parts.append(f"q {WIDTH} 0 0 {height:g} 0 {HEIGHT - top - height:g} cm /Cover Do Q".encode())


def build_pdf(pages: Iterable[Page], cover: Image.Image, title: str, subject: str) -> bytes:
    """The document's bytes, the same every time. The cover is an image of the pages' width to draw."""
    jpeg = io.BytesIO()
    cover.convert("RGB").save(jpeg, "JPEG", quality=88)
    streams = [b"\n".join(page.parts) for page in pages]
    kids = " ".join(f"{6 + 2 * k} 0 R" for k in range(len(streams)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Lang (zh-CN) >>",
        f"<< /Type /Pages /Kids [ {kids} ] /Count {len(streams)} >>".encode(),
        b"<< /Title " + _text_string(title) + b" /Subject " + _text_string(subject) + b" /Producer (Huafang demo) >>",
        b"<< /Font " + _FONTS + b" /XObject << /Cover 5 0 R >> >>",
        _stream(
            jpeg.getvalue(),
            f"/Type /XObject /Subtype /Image /Width {cover.width} /Height {cover.height} "
            "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode",
        ),
    ]
    for k, stream in enumerate(streams):
        box = f"/MediaBox [0 0 {WIDTH} {HEIGHT}] /Resources 4 0 R"
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} /Contents {7 + 2 * k} 0 R >>".encode())
        objects.append(_stream(stream, ""))
    return _assembled(objects)


def _text_string(words: str) -> bytes:
    return b"<" + (b"\xfe\xff" + words.encode("utf-16-be")).hex().encode() + b">"


def _stream(data: bytes, entries: str) -> bytes:
    return f"<< {entries} /Length {len(data)} >>\nstream\n".encode() + data + b"\nendstream"


def _assembled(objects: list[bytes]) -> bytes:
    out = bytearray(b"%PDF-1.4\n%\xe5\x9d\x8a\n")
    places = []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n".encode() + body + b"\nendobj\n"
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    for place in places:
        out += f"{place:010d} 00000 n \n".encode()
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R /Info 3 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return bytes(out)
