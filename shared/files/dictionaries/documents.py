"""Prompt dictionaries as PDF: refused where something in it acts, and marked on every page."""

import io
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from pypdf import PageObject, PdfReader, PdfWriter, apply_configuration
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    StreamObject,
)

from shared.files.dictionaries.facts import DictionaryFacts, distinct_names, preview_of
from shared.files.formats import Kind
from shared.files.labels.aigc import AigcLabel
from shared.files.labels.visible import label_strokes
from shared.files.labels.xmp import label_in_packet, packet_with_label
from shared.files.problems import FileRefused
from shared.files.traces import AIGC, COPY, ORDER, PREFIX

PDF_LIMIT = 50 * 1024 * 1024
PAGES_LIMIT = 1000
OBJECTS_LIMIT = 100_000
_PREVIEW_PAGES = 3
_ACTIONS = frozenset({"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/GoToE", "/GoToR", "/Rendition"})
_MEDIA = frozenset({"/RichMedia", "/Movie", "/Sound", "/Screen", "/3D", "/FileAttachment"})
_KEYS = frozenset({"/JS", "/XFA", "/EF", "/EmbeddedFiles"})
# Names may be written with #xx for any letter; readers decode them.
_RAW = re.compile(rb"/(?:JavaScript|Launch|EmbeddedFile|RichMedia|XFA)(?![A-Za-z])")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")


def read_document(content: bytes) -> DictionaryFacts:
    """Pages, outline and first lines of a PDF dictionary. Raises FileRefused: encrypted, with scripts, actions,
    other files or media in it, too long, or damaged.
    """
    with _bounded():
        reader = _checked(content)
        titles = [item.title for item in reader.outline if not isinstance(item, list)]
        lines = [[line.strip()] for line in _lines(reader) if line.strip()]
        return DictionaryFacts(
            Kind.PDF,
            entries=None,
            categories=distinct_names(titles),
            preview=preview_of(lines),
            pages=len(reader.pages),
        )


def mark_document(content: bytes, trace: Mapping[str, str], label: AigcLabel | None) -> bytes:
    """The PDF with the trace in its document information, the label in its XMP, and a small line on each page that
    names copy and order (and, with a label, says `AI生成`). Deterministic. Raises FileRefused as reading does.
    """
    with _bounded():
        reader = _checked(content)
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
    with _bounded():
        reader = PdfReader(io.BytesIO(content))
        metadata: Mapping[str, object] = reader.metadata or {}
        found = {
            str(name)[1:]: str(value) for name, value in metadata.items() if str(name).startswith(f"/{PREFIX}")
        }
        packet = reader.root_object.get("/Metadata")
        label = None if packet is None else label_in_packet(packet.get_object().get_data())
        if label is not None:
            found[AIGC] = label.to_json()
        return found, "\n".join(_lines(reader))


@contextmanager
def _bounded() -> Iterator[None]:
    """pypdf with small limits; whatever a hostile file makes it raise means that the file cannot be read."""
    try:
        with apply_configuration(
            zlib_maximum_output_length=16_000_000,
            lzw_maximum_output_length=16_000_000,
            run_length_maximum_output_length=16_000_000,
            array_based_stream_maximum_output_length=16_000_000,
            stream_parsing_work_maximum_count=200_000,
            xform_maximum_invocations_per_extraction=100,
            page_tree_maximum_entries=4 * PAGES_LIMIT,
            outline_maximum_entries=2000,
            outline_maximum_depth=10,
        ):
            yield
    except FileRefused:
        raise
    except Exception as error:  # its parsers raise many kinds, also plain ones such as KeyError
        raise FileRefused("dictionary-unreadable", "The PDF cannot be read.") from error


def _checked(content: bytes) -> PdfReader:
    if len(content) > PDF_LIMIT:
        raise FileRefused("file-too-large", f"A PDF may have {PDF_LIMIT // 1024 // 1024} MB.")
    if not content.startswith(b"%PDF-"):
        raise FileRefused("dictionary-unreadable", "The file is no PDF.")
    reader = PdfReader(io.BytesIO(content))
    if reader.is_encrypted:
        raise FileRefused("pdf-encrypted")
    if _RAW.search(_ESCAPED.sub(lambda match: bytes([int(match[1], 16)]), content)):
        raise FileRefused("pdf-active")
    _refuse_active(reader)
    if not 0 < len(reader.pages) <= PAGES_LIMIT:
        raise FileRefused("dictionary-too-large", f"A PDF may have {PAGES_LIMIT} pages, and needs one.")
    return reader


def _refuse_active(reader: PdfReader) -> None:
    """Look at every object, reachable or not: programs differ in which of two versions they show."""
    numbers = {(number, generation) for generation, found in reader.xref.items() for number in found}
    numbers |= {(number, 0) for number in reader.xref_objStm}
    if len(numbers) > OBJECTS_LIMIT:
        raise FileRefused("dictionary-too-large", "The PDF has too many parts.")
    for number, generation in sorted(numbers):
        stack: list[Any] = [reader.get_object(IndirectObject(number, generation, reader))]
        while stack:
            value = stack.pop()
            if isinstance(value, DictionaryObject):
                if _is_active(value):
                    raise FileRefused("pdf-active")
                stack += dict.values(value)
            elif isinstance(value, ArrayObject):
                stack += list.__iter__(value)


def _is_active(value: DictionaryObject) -> bool:
    names = {str(dict.get(value, key)) for key in ("/S", "/Subtype", "/Type")}
    return not _KEYS.isdisjoint(value.keys()) or not names.isdisjoint(_ACTIONS | _MEDIA | {"/EmbeddedFile"})


def _lines(reader: PdfReader) -> list[str]:
    return [line for page in reader.pages[:_PREVIEW_PAGES] for line in page.extract_text().splitlines()]


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
