"""The buyer's mark in a PDF: in its information, in its XMP, and as a small line on every page."""

import io
from collections.abc import Mapping
from typing import Any

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    StreamObject,
)

from shared.files.dictionaries.documents import bounded, checked_reader, lines_of
from shared.files.labels.aigc import AigcLabel
from shared.files.labels.visible import label_strokes
from shared.files.labels.xmp import label_in_packet, packet_with_label
from shared.files.traces import AIGC, COPY, ORDER, PREFIX


def mark_document(content: bytes, trace: Mapping[str, str], label: AigcLabel | None) -> bytes:
    """The PDF with the trace in its document information, the label in its XMP, and a small line on each page that
    names copy and order (and, with a label, says `AI生成`). Deterministic. Raises FileRefused as reading does.
    """
    with bounded():
        reader = checked_reader(content)
        writer = PdfWriter(clone_from=reader)
        writer.add_metadata({f"/{name}": value for name, value in trace.items()})
        if label is not None:
            existing = writer.root_object.get("/Metadata")
            packet = existing.get_object().get_data() if existing is not None else None
            writer.xmp_metadata = packet_with_label(packet, label)
            _name_metadata(writer)
        line = f"huafang:{trace.get(COPY, '')}  order {trace.get(ORDER, '')}"
        for page in writer.pages:
            _add_footer(writer, page, line, has_label=label is not None)
        out = io.BytesIO()
        writer.write(out)
        return out.getvalue()


def read_document_mark(content: bytes) -> tuple[dict[str, str], str]:
    """The trace in a PDF's document information and XMP, which may be empty, and the text of its first pages,
    where the printed line may be found again. Raises FileRefused where it cannot be read at all.
    """
    with bounded():
        reader = PdfReader(io.BytesIO(content))
        metadata: Mapping[str, object] = reader.metadata or {}
        found = {str(name)[1:]: str(value) for name, value in metadata.items() if str(name).startswith(f"/{PREFIX}")}
        packet = reader.root_object.get("/Metadata")
        label = None if packet is None else label_in_packet(packet.get_object().get_data())
        if label is not None:
            found[AIGC] = label.to_json()
        return found, "\n".join(lines_of(reader))


def _name_metadata(writer: PdfWriter) -> None:
    stream = writer.root_object["/Metadata"]
    if isinstance(stream, StreamObject):
        stream[NameObject("/Type")] = NameObject("/Metadata")
        stream[NameObject("/Subtype")] = NameObject("/XML")


def _add_footer(writer: PdfWriter, page: PageObject, line: str, *, has_label: bool) -> None:
    """The page's own content between q and Q, then the line: it is not parsed, so nothing of it changes."""
    resources = _own_resources(page)
    fonts = resources.get("/Font")
    own = DictionaryObject(fonts.get_object() if fonts is not None else {})
    own[NameObject("/HuafangF")] = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    resources[NameObject("/Font")] = own
    page[NameObject("/Resources")] = resources
    existing = page.raw_get("/Contents") if "/Contents" in page else None
    resolved = existing.get_object() if existing is not None else None
    # A stream without entries of its own is false in a condition, so None is asked for.
    middle = list(resolved) if isinstance(resolved, ArrayObject) else [existing] if resolved is not None else []
    page[NameObject("/Contents")] = ArrayObject(
        [_stream(writer, b"q\n"), *middle, _stream(writer, b"\nQ\n" + _footer(page, line, has_label=has_label))]
    )


def _own_resources(page: PageObject) -> DictionaryObject:
    node: Any = page
    while node is not None:
        if "/Resources" in node:
            return DictionaryObject(node["/Resources"].get_object())
        parent = node.get("/Parent")
        node = parent.get_object() if parent is not None else None
    return DictionaryObject()


def _stream(writer: PdfWriter, data: bytes) -> IndirectObject:
    stream = DecodedStreamObject()
    stream.set_data(data)
    return writer._add_object(stream)  # the writer's only way to a new object


def _footer(page: PageObject, line: str, *, has_label: bool) -> bytes:
    left, bottom = float(page.cropbox.left) + 12, float(page.cropbox.bottom) + 8
    text = "".join(sign for sign in line if sign.isascii() and sign.isprintable() and sign not in "()\\")
    drawn = _drawn_label(left, bottom) if has_label else b""
    start = left + (30 if has_label else 0)
    return drawn + f"q BT 0.45 g /HuafangF 6 Tf {start:.2f} {bottom:.2f} Td ({text}) Tj ET Q\n".encode()


def _drawn_label(left: float, bottom: float, height: float = 7.0) -> bytes:
    _, pen, strokes = label_strokes()
    unit = height / 100
    lines = [f"q 0.3 G {pen * unit:.3f} w 1 J 1 j"]
    for stroke in strokes:
        points = [f"{left + x * unit:.2f} {bottom - 1 + (100 - y) * unit:.2f}" for x, y in stroke]
        lines.append(f"{points[0]} m " + " ".join(f"{point} l" for point in points[1:]) + " S")
    return ("\n".join(lines) + "\nQ\n").encode()
