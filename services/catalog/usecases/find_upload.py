"""An upload, for the one who sends it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.catalog.domain.uploads import Upload, UploadPurpose, UploadState
from shared.auth import Reader
from shared.problems import Conflict, NotFound, Problem


class UploadGone(Problem):
    slug, status, title = "upload-gone", 410, "The upload has expired"


class UploadNotComplete(Conflict):
    slug, title = "upload-not-complete", "Not all bytes of the upload are here yet"


class WrongPurpose(Conflict):
    slug, title = "upload-wrong-purpose", "The upload was announced for another purpose"


def find_upload(session: Session, reader: Reader, upload_id: UUID, now: datetime) -> Upload:
    """The reader's own upload; another's, or a used one, answers NotFound. Raises UploadGone (410)."""
    upload = session.get(Upload, upload_id)
    if upload is None or upload.creator_id != reader.id or upload.state is UploadState.TAKEN:
        raise NotFound()
    if upload.expires_at <= now:
        raise UploadGone()
    return upload


def take_upload(session: Session, reader: Reader, upload_id: UUID, purpose: UploadPurpose, now: datetime) -> Upload:
    """The reader's complete upload, now spoken for; raises UploadNotComplete and WrongPurpose (409), NotFound."""
    upload = session.get(Upload, upload_id, with_for_update=True)
    if upload is not None:
        session.refresh(upload)
    upload = find_upload(session, reader, upload_id, now)
    if upload.purpose is not purpose:
        raise WrongPurpose(f"It was announced for {upload.purpose.value}.")
    if upload.state is not UploadState.COMPLETE:
        raise UploadNotComplete(received=upload.received, size=upload.size)
    upload.state = UploadState.TAKEN
    return upload
