"""Announce an upload (tus 1.0.0, creation): its size is known before a byte is sent."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.catalog.domain.files import FileState, ProductFile
from services.catalog.domain.pictures import Picture
from services.catalog.domain.products import Product
from services.catalog.domain.uploads import Upload, UploadPurpose, UploadState
from services.catalog.settings import CatalogSettings
from shared.auth import CREATOR, OPERATOR, Reader
from shared.problems import Conflict, Forbidden, Invalid, TooLarge

OPEN_UPLOADS = 50


class UploadTooLarge(TooLarge):
    slug, title = "upload-too-large", "The file is larger than allowed"


class QuotaExceeded(TooLarge):
    slug, title = "quota-exceeded", "Your storage is full"


class TooManyUploads(Conflict):
    slug, title = "too-many-uploads", "Finish or cancel an upload first"


def begin_upload(
    session: Session,
    reader: Reader,
    *,
    purpose: UploadPurpose,
    filename: str,
    size: int,
    settings: CatalogSettings,
    now: datetime,
) -> Upload:
    """An open upload of `size` bytes for a purpose; nothing is stored until bytes arrive.

    Raises UploadTooLarge and QuotaExceeded (413), TooManyUploads (409), Forbidden for a purpose that is not the
    reader's, Invalid for an empty file.
    """
    _check_role(reader, purpose)
    limit = size_limit(settings, purpose)
    if size < 1:
        raise Invalid("An upload has at least one byte.")
    if size > limit:
        raise UploadTooLarge(f"At most {limit} bytes are taken for this purpose.", limit=limit)
    _hold(session, reader)
    if _open_uploads(session, reader) >= OPEN_UPLOADS:
        raise TooManyUploads(f"At most {OPEN_UPLOADS} uploads may be open at once.")
    kept = bytes_kept(session, reader)
    if kept + size > settings.upload_quota:
        raise QuotaExceeded("This upload would pass your quota.", kept=kept, quota=settings.upload_quota)
    upload = Upload(
        creator_id=reader.id,
        purpose=purpose,
        filename=filename,
        size=size,
        received=0,
        state=UploadState.OPEN,
        created_at=now,
        expires_at=now + timedelta(hours=settings.upload_hours),
    )
    session.add(upload)
    session.flush()
    return upload


def size_limit(settings: CatalogSettings, purpose: UploadPurpose) -> int:
    """The largest size in bytes that is taken for a purpose."""
    return settings.upload_picture_limit if purpose is UploadPurpose.PICTURE else settings.upload_file_limit


def bytes_kept(session: Session, reader: Reader) -> int:
    """Bytes a creator has here: uploads announced, files and pictures kept."""
    uploads = select(func.coalesce(func.sum(Upload.size), 0)).where(
        Upload.creator_id == reader.id, Upload.state != UploadState.TAKEN
    )
    files = select(func.coalesce(func.sum(ProductFile.size), 0)).where(
        ProductFile.creator_id == reader.id, ProductFile.state != FileState.REFUSED
    )
    pictures = (
        select(func.coalesce(func.sum(Picture.size), 0))
        .join(Product, Product.id == Picture.product_id)
        .where(Product.creator_id == reader.id)
    )
    return sum(int(session.scalar(query) or 0) for query in (uploads, files, pictures))


def _check_role(reader: Reader, purpose: UploadPurpose) -> None:
    wanted = OPERATOR if purpose is UploadPurpose.TRACE else CREATOR
    if wanted not in reader.roles:
        raise Forbidden()


def _hold(session: Session, reader: Reader) -> None:
    """One announcement of a creator at a time, so that two cannot pass the quota together."""
    number = int.from_bytes(hashlib.sha256(f"quota {reader.id}".encode()).digest()[:8], signed=True)
    session.execute(select(func.pg_advisory_xact_lock(number)))


def _open_uploads(session: Session, reader: Reader) -> int:
    query = select(func.count()).where(Upload.creator_id == reader.id, Upload.state != UploadState.TAKEN)
    return int(session.scalar(query) or 0)
