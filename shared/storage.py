"""One store for files behind one interface: a local folder or S3, by obstore.

Keys look like `catalog/files/<id>`: a service writes under its own name and may read what an event named.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import obstore
from obstore.exceptions import NotFoundError
from obstore.store import LocalStore, S3Store

from shared.settings import ServiceSettings

CHUNK = 1024 * 1024


class FileMissing(Exception):
    """The store holds nothing under this key."""


@dataclass(frozen=True)
class StoredFile:
    """What was written: SHA-256 in lower-case hex, size in bytes."""

    key: str
    sha256: str
    size: int


class Store:
    """Whole writes and ranged reads; memory stays constant whatever the file's size."""

    def __init__(self, backend: LocalStore | S3Store) -> None:
        self._backend = backend

    @classmethod
    def open(cls, settings: ServiceSettings) -> "Store":
        """The store that `storage_url` names: file:///folder or s3://bucket."""
        url = urlsplit(settings.storage_url)
        if url.scheme == "file":
            folder = Path(url.path)
            folder.mkdir(parents=True, exist_ok=True)
            return cls(LocalStore(folder, mkdir=True))
        if url.scheme != "s3":
            raise ValueError("STORAGE_URL must begin with file:// or s3://")
        endpoint = settings.storage_endpoint
        return cls(
            S3Store(
                url.netloc,
                endpoint=endpoint or None,
                access_key_id=settings.storage_access_key or None,
                secret_access_key=settings.storage_secret_key.get_secret_value() or None,
                virtual_hosted_style_request=not endpoint,
                client_options={"allow_http": endpoint.startswith("http://")},
            )
        )

    def write(self, key: str, chunks: Iterable[bytes]) -> StoredFile:
        """Write a file whole: a reader sees all of it or nothing, also after a crash in between."""
        digest, size = hashlib.sha256(), 0
        # A writer that is dropped unclosed leaves nothing; `chunks` may itself read from the store.
        writer = obstore.open_writer(self._backend, key, buffer_size=8 * CHUNK)
        for chunk in chunks:
            digest.update(chunk)
            size += len(chunk)
            writer.write(chunk)
        writer.close()
        return StoredFile(key, digest.hexdigest(), size)

    def read(self, key: str) -> bytes:
        """The whole file, for small ones; raises FileMissing."""
        try:
            return bytes(obstore.get(self._backend, key).bytes())
        except (NotFoundError, FileNotFoundError) as error:
            raise FileMissing(key) from error

    def read_range(self, key: str, offset: int, length: int) -> bytes:
        """`length` bytes from `offset`; raises FileMissing."""
        if length <= 0:
            return b""
        try:
            return bytes(obstore.get_range(self._backend, key, start=offset, length=length))
        except (NotFoundError, FileNotFoundError) as error:
            raise FileMissing(key) from error

    def stream(self, key: str, start: int = 0, end: int | None = None, chunk: int = CHUNK) -> Iterator[bytes]:
        """The bytes [start, end) in chunks; raises FileMissing before the first one."""
        end = self.size(key) if end is None else end
        for offset in range(start, end, chunk):
            yield self.read_range(key, offset, min(chunk, end - offset))

    def size(self, key: str) -> int:
        """The file's size in bytes; raises FileMissing."""
        try:
            return int(obstore.head(self._backend, key)["size"])
        except (NotFoundError, FileNotFoundError) as error:
            raise FileMissing(key) from error

    def exists(self, key: str) -> bool:
        try:
            self.size(key)
        except FileMissing:
            return False
        return True

    def delete(self, key: str) -> None:
        """Remove the file; nothing happens when it is gone already."""
        try:
            obstore.delete(self._backend, key)
        except (NotFoundError, FileNotFoundError):
            return

    def keys(self, prefix: str) -> Iterator[str]:
        """The keys below a folder such as `catalog/uploads/<id>`."""
        for batch in obstore.list(self._backend, prefix):
            yield from (str(found["path"]) for found in batch)

    def is_reachable(self) -> bool:
        """True when the store answers now."""
        try:
            self.exists("probe")
        except Exception:  # any backend error means the same here: not ready
            return False
        return True
