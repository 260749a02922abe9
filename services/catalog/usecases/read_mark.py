"""Read the mark out of a file that somebody found: which copy is it?"""

import io
from collections.abc import Callable
from typing import BinaryIO

from services.catalog.domain.zip_copies import read_zip_trace
from shared.files.safetensors import read_trace

Reader = Callable[[BinaryIO], dict[str, str] | None]

READERS: tuple[Reader, ...] = (read_trace, read_zip_trace)


def read_mark(file: BinaryIO) -> dict[str, str] | None:
    """The mark of a copy of ours, whatever kind of file it is; None where there is none.

    Reads the header of a model file, the directory and one member of an archive, and a dictionary as a whole;
    nothing is executed, unpacked to disk or kept. Never raises for what the file holds.
    """
    for reader in READERS:
        file.seek(0, io.SEEK_SET)
        found = reader(file)
        if found:
            return found
    return None
