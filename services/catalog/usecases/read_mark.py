"""Read the mark out of a file that somebody found: which copy is it?"""

import io
from typing import BinaryIO

from services.catalog.domain.zip_copies import read_zip_trace
from shared.files import dictionaries
from shared.files.formats import TEXT_LIMIT, Kind, detect
from shared.files.problems import FileRefused
from shared.files.safetensors import read_trace


def read_mark(file: BinaryIO) -> dict[str, str] | None:
    """The mark of a copy of ours, whatever kind of file it is; None where there is none.

    Reads the header of a model file, the directory and one member of an archive, and anything else as a whole up
    to 64 MB; nothing is executed or unpacked to disk. Never raises for what the file holds.
    """
    found = read_trace(file)
    if found:
        return found
    kind = _kind(file)
    if kind is Kind.ZIP and (found := read_zip_trace(file)):
        return found
    if kind is Kind.SAFETENSORS or file.seek(0, io.SEEK_END) > TEXT_LIMIT:
        return None
    file.seek(0)
    return dictionaries.read_mark(kind, file.read())


def _kind(file: BinaryIO) -> Kind:
    try:
        return detect(file)
    except FileRefused:
        return Kind.TEXT  # a part of a leaked file is often no file of its kind any more
