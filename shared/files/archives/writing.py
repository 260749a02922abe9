"""Writing bundles: the same files give the same bytes, on any machine."""

import stat
import zipfile
from collections.abc import Iterable
from typing import BinaryIO

from shared.files.archives.names import check_distinct, checked_name

_NO_DATE = (1980, 1, 1, 0, 0, 0)
_MODE = (stat.S_IFREG | 0o644) << 16


def write_zip(out: BinaryIO, members: Iterable[tuple[str, bytes | Iterable[bytes]]]) -> None:
    """Write a ZIP of `members`, (name, content) in this order, to `out`, which need not be seekable.

    Deterministic: no dates, no owner, stored (models and pictures are packed already, and Deflate's output differs
    between versions of zlib). Constant memory. Raises FileRefused for a name that may not be in an archive.
    """
    written: list[str] = []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members:
            info = zipfile.ZipInfo(checked_name(name), _NO_DATE)
            info.create_system, info.external_attr = 3, _MODE
            check_distinct([*written, info.filename])
            written.append(info.filename)
            with archive.open(info, "w", force_zip64=True) as file:
                for chunk in [content] if isinstance(content, bytes) else content:
                    file.write(chunk)
