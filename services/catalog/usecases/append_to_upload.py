"""Take bytes of an upload as they arrive (tus 1.0.0, PATCH), so that a dropped connection loses almost nothing."""

import base64
import binascii
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import case, update
from sqlalchemy.orm import Session

from services.catalog.domain.uploads import Upload, UploadPart, UploadState
from services.catalog.settings import CatalogSettings
from services.catalog.usecases.find_upload import find_upload
from shared.auth import Reader
from shared.ids import new_id
from shared.problems import Conflict, Malformed, Problem, TooLarge
from shared.service import Service

PART = 8 * 1024 * 1024
READ = 64 * 1024
ALGORITHMS = ("sha1", "sha256")

Read = Callable[[int], bytes]


class OffsetConflict(Conflict):
    slug, title = "upload-offset-conflict", "The upload is at another offset"


class PastTheEnd(TooLarge):
    slug, title = "upload-past-the-end", "More bytes than were announced"


class ChecksumMismatch(Problem):
    slug, status, title = "upload-checksum-mismatch", 460, "The bytes do not match their checksum"


@dataclass(frozen=True)
class Checksum:
    """What `Upload-Checksum` asks for (tus checksum extension)."""

    algorithm: str
    digest: bytes

    @classmethod
    def parse(cls, header: str) -> "Checksum":
        """`sha256 <base64>`; raises Malformed for anything else."""
        algorithm, _, encoded = header.strip().partition(" ")
        try:
            digest = base64.b64decode(encoded, validate=True)
        except binascii.Error as error:
            raise Malformed("Upload-Checksum is not valid.") from error
        if algorithm not in ALGORITHMS or not digest:
            raise Malformed(f"Upload-Checksum takes {' and '.join(ALGORITHMS)}.")
        return cls(algorithm, digest)


def append_to_upload(
    service: Service,
    settings: CatalogSettings,
    reader: Reader,
    upload_id: UUID,
    *,
    offset: int,
    read: Read,
    checksum: Checksum | None = None,
) -> Upload:
    """Store what `read` gives, beginning at `offset`, in parts of 8 MiB, each committed when it is stored.

    What arrived before the connection dropped is kept. With a checksum it is all or nothing. Of two requests at
    one offset the second raises OffsetConflict (409). Raises PastTheEnd, ChecksumMismatch (460), NotFound, Gone.
    """
    with service.database.transaction() as session:
        upload = find_upload(session, reader, upload_id, service.clock.now())
        if upload.received != offset:
            raise OffsetConflict(received=upload.received)
        remaining = upload.size - upload.received
    pieces = _pieces(read, remaining)
    appender = _Appender(service, settings, upload_id)
    if checksum is None:
        for piece in pieces:
            appender.store(offset, piece)
            appender.commit()
            offset += len(piece)
    else:
        appender.store_checked(offset, pieces, checksum)
    with service.database.transaction() as session:
        return find_upload(session, reader, upload_id, service.clock.now())


class _Appender:
    """Writes parts to the store, then makes them the upload's in one transaction that only one request can win."""

    def __init__(self, service: Service, settings: CatalogSettings, upload_id: UUID) -> None:
        self._service, self._upload_id = service, upload_id
        self._lifetime = timedelta(hours=settings.upload_hours)
        self._waiting: list[UploadPart] = []

    def store(self, start: int, piece: bytes) -> None:
        key = f"catalog/uploads/{self._upload_id}/{start:012d}-{new_id().hex[-12:]}"
        self._service.store.write(key, [piece])
        self._waiting.append(UploadPart(upload_id=self._upload_id, start=start, size=len(piece), key=key))

    def store_checked(self, start: int, pieces: Iterator[bytes], checksum: Checksum) -> None:
        digest = hashlib.new(checksum.algorithm, usedforsecurity=False)
        try:
            for piece in pieces:
                digest.update(piece)
                self.store(start, piece)
                start += len(piece)
            if digest.digest() != checksum.digest:
                raise ChecksumMismatch()
        except BaseException:
            self._drop()
            raise
        self.commit()

    def commit(self) -> None:
        try:
            with self._service.database.transaction() as session:
                self._advance(session)
                session.add_all(self._waiting)
        except BaseException:
            self._drop()
            raise
        self._waiting = []

    def _advance(self, session: Session) -> None:
        if not self._waiting:
            return
        start, size = self._waiting[0].start, sum(part.size for part in self._waiting)
        now = self._service.clock.now()
        moved = session.execute(
            update(Upload)
            .where(
                Upload.id == self._upload_id,
                Upload.received == start,
                Upload.state == UploadState.OPEN,
                Upload.expires_at > now,
            )
            .values(
                received=Upload.received + size,
                state=case((Upload.received + size == Upload.size, UploadState.COMPLETE), else_=Upload.state),
                expires_at=now + self._lifetime,
            )
            .returning(Upload.id)
        ).one_or_none()
        if moved is None:
            raise OffsetConflict("Another request wrote here first.")

    def _drop(self) -> None:
        for part in self._waiting:
            self._service.store.delete(part.key)
        self._waiting = []


def _pieces(read: Read, remaining: int) -> Iterator[bytes]:
    """The stream cut into parts; when it breaks, what arrived is still given before the error is."""
    while True:
        piece, broken = bytearray(), None
        try:
            while len(piece) < PART and (data := read(READ)):
                piece += data
                remaining -= len(data)
                if remaining < 0:
                    raise PastTheEnd()
        except PastTheEnd:
            raise
        except Exception as error:  # a dropped connection comes as whatever the server raises for it
            broken = error
        if piece:
            yield bytes(piece)
        if broken is not None:
            raise broken
        if not piece or len(piece) < PART:
            return
