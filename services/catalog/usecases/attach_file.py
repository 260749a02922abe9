"""Make a complete upload a file of a version; its inspection follows in the worker."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.catalog.domain.files import FileState, ProductFile
from services.catalog.domain.products import ProductKind
from services.catalog.domain.uploads import UploadPurpose
from services.catalog.usecases.add_version import BundleHasNoFiles
from services.catalog.usecases.creators_products import own_open_version
from services.catalog.usecases.find_upload import take_upload
from services.catalog.usecases.later import INSPECT_FILE
from shared.auth import Reader
from shared.messaging.timers import schedule
from shared.problems import Conflict
from shared.service import Service

MOST_FILES = 20


class TooManyFiles(Conflict):
    slug, title = "too-many-files", "A version has at most 20 files"


def attach_file(session: Session, service: Service, reader: Reader, version_id: UUID, upload_id: UUID) -> ProductFile:
    """A received file whose inspection is scheduled; raises VersionClosed, UploadNotComplete, NotFound."""
    now = service.clock.now()
    version = own_open_version(session, reader, version_id)
    if version.product.kind is ProductKind.BUNDLE:
        raise BundleHasNoFiles()
    if len(version.files) >= MOST_FILES:
        raise TooManyFiles()
    upload = take_upload(session, reader, upload_id, UploadPurpose.FILE, now)
    file = ProductFile(
        creator_id=reader.id,
        upload_id=upload.id,
        name=upload.filename,
        size=upload.size,
        state=FileState.RECEIVED,
        created_at=now,
    )
    version.files.append(file)
    session.flush()
    schedule(session, INSPECT_FILE, file.id, now)
    return file


def remove_file(session: Session, reader: Reader, file_id: UUID) -> str | None:
    """Take a file out of an open version; the store's key that may now be deleted. Raises NotFound."""
    file = session.get(ProductFile, file_id)
    version = own_open_version(session, reader, file.version_id if file else file_id)
    assert file is not None  # noqa: S101  # own_open_version raises NotFound for the id of no file
    key = file.key
    version.files.remove(file)
    session.delete(file)
    return key
