"""Remove an upload and its bytes: cancelled by its sender, expired, or no longer needed."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from services.catalog.domain.files import FileState, ProductFile
from services.catalog.domain.pictures import Picture, PictureState
from services.catalog.domain.uploads import Upload, UploadPart, UploadState
from services.catalog.usecases.find_upload import find_upload
from shared.auth import Reader
from shared.service import Service

BATCH = 100


def cancel_upload(service: Service, reader: Reader, upload_id: UUID) -> None:
    """End an upload at its sender's wish (tus termination); raises NotFound for another's, UploadGone."""
    with service.database.transaction() as session:
        find_upload(session, reader, upload_id, service.clock.now())
    discard_upload(service, upload_id)


def discard_upload(service: Service, upload_id: UUID) -> None:
    """Delete the upload's bytes, then forget it; after a crash in between the timer does the rest."""
    with service.database.transaction() as session:
        # From here on no request can add to it.
        session.execute(update(Upload).where(Upload.id == upload_id).values(expires_at=service.clock.now()))
    for key in list(service.store.keys(f"catalog/uploads/{upload_id}")):
        service.store.delete(key)
    with service.database.transaction() as session:
        session.execute(delete(Upload).where(Upload.id == upload_id))


def discard_expired_uploads(service: Service) -> int:
    """Remove uploads that got no byte for too long, and leftovers of those that were made use of."""
    now = service.clock.now()
    with service.database.transaction() as session:
        expired = [*_expired(session, now), *_left_over(session, now)]
    for upload_id in expired:
        discard_upload(service, upload_id)
    return len(expired)


def _expired(session: Session, now: datetime) -> list[UUID]:
    query = select(Upload.id).where(Upload.expires_at <= now, Upload.state != UploadState.TAKEN).limit(BATCH)
    return list(session.scalars(query))


def _left_over(session: Session, now: datetime) -> list[UUID]:
    """Taken uploads whose file or picture is done: a crash came before their parts were deleted."""
    waiting_files = exists().where(
        ProductFile.upload_id == Upload.id, ProductFile.state.in_([FileState.RECEIVED, FileState.INSPECTING])
    )
    waiting_pictures = exists().where(
        Picture.upload_id == Upload.id, Picture.state.in_([PictureState.RECEIVED, PictureState.PROCESSING])
    )
    query = select(Upload.id).where(
        Upload.expires_at <= now, Upload.state == UploadState.TAKEN, ~waiting_files, ~waiting_pictures
    )
    return list(session.scalars(query.limit(BATCH)))


def parts_of(session: Session, upload_id: UUID) -> list[UploadPart]:
    """The parts of an upload in order."""
    return list(session.scalars(select(UploadPart).where(UploadPart.upload_id == upload_id).order_by(UploadPart.start)))
