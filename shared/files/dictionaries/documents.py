"""Prompt dictionaries as PDF: read within limits, and refused where something in them acts."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pypdf import PdfReader, apply_configuration
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from shared.files.dictionaries.facts import DictionaryFacts, distinct_names, preview_of
from shared.files.formats import Kind
from shared.files.problems import FileRefused

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
    with bounded():
        reader = checked_reader(content)
        titles = [item.title for item in reader.outline if not isinstance(item, list)]
        lines = [[line.strip()] for line in lines_of(reader) if line.strip()]
        return DictionaryFacts(
            Kind.PDF,
            entries=None,
            categories=distinct_names(titles),
            preview=preview_of(lines),
            pages=len(reader.pages),
        )


@contextmanager
def bounded() -> Iterator[None]:
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


def checked_reader(content: bytes) -> PdfReader:
    """The PDF, if nothing in it acts; raises FileRefused, and inside `bounded` nothing else."""
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


def lines_of(reader: PdfReader) -> list[str]:
    """The text of the first three pages."""
    return [line for page in reader.pages[:_PREVIEW_PAGES] for line in page.extract_text().splitlines()]
