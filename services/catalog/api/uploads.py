"""tus 1.0.0 (tus.io/protocols/resumable-upload): creation, termination, expiration, checksum."""

import base64
import binascii
from email.utils import format_datetime
from uuid import UUID

from flask import Response, request, url_for

from services.catalog.domain.uploads import Upload, UploadPurpose
from services.catalog.settings import catalog_settings
from services.catalog.usecases.append_to_upload import ALGORITHMS, Checksum, append_to_upload
from services.catalog.usecases.begin_upload import begin_upload
from services.catalog.usecases.discard_upload import cancel_upload
from services.catalog.usecases.find_upload import find_upload
from shared.api import Blueprint
from shared.auth import CREATOR, OPERATOR, current_reader, needs
from shared.problems import Invalid, Malformed, Problem, UnsupportedType
from shared.service import this_service

VERSION = "1.0.0"
OFFSET_STREAM = "application/offset+octet-stream"
FILENAME_LIMIT = 200

blueprint = Blueprint("uploads", __name__, description="Resumable uploads (tus 1.0.0)")


class TusVersion(Problem):
    slug, status, title = "tus-version", 412, "This server speaks tus 1.0.0"


@blueprint.route("/uploads", methods=["OPTIONS"])
def describe_uploads() -> Response:
    """What this server can do."""
    settings = catalog_settings()
    response = Response(status=204)
    response.headers["Tus-Version"] = VERSION
    response.headers["Tus-Extension"] = "creation,termination,expiration,checksum"
    response.headers["Tus-Checksum-Algorithm"] = ",".join(ALGORITHMS)
    response.headers["Tus-Max-Size"] = str(max(settings.upload_file_limit, settings.upload_picture_limit))
    return _stamped(response)


@blueprint.post("/uploads")
@blueprint.doc(
    parameters=[
        {"in": "header", "name": "Tus-Resumable", "required": True, "schema": {"type": "string"}},
        {"in": "header", "name": "Upload-Length", "required": True, "schema": {"type": "integer"}},
        {"in": "header", "name": "Upload-Metadata", "required": True, "schema": {"type": "string"}},
    ],
    responses={"201": {"description": "Location names the upload; Upload-Expires tells until when it is kept."}},
)
@needs(CREATOR, OPERATOR)
def create_upload() -> Response:
    """Announce an upload: `Upload-Length`, and `Upload-Metadata` with `filename` and `purpose` in base64."""
    _check_version()
    named = _metadata(request.headers.get("Upload-Metadata", ""))
    with this_service().database.transaction() as session:
        upload = begin_upload(
            session,
            current_reader(),
            purpose=_purpose(named.get("purpose", "")),
            filename=_filename(named.get("filename", "")),
            size=_whole_number("Upload-Length"),
            settings=catalog_settings(),
            now=this_service().clock.now(),
        )
    response = _progress(upload, 201)
    response.headers["Location"] = url_for("uploads.show_upload", upload_id=upload.id)
    return response


@blueprint.route("/uploads/<uuid:upload_id>", methods=["HEAD"], provide_automatic_options=False)
@needs(CREATOR, OPERATOR)
def show_upload(upload_id: UUID) -> Response:
    """How many bytes have arrived, so that the sender can go on from there."""
    _check_version()
    with this_service().database.transaction() as session:
        upload = find_upload(session, current_reader(), upload_id, this_service().clock.now())
    response = _progress(upload, 200)
    response.headers["Upload-Length"] = str(upload.size)
    return response


@blueprint.route("/uploads/<uuid:upload_id>", methods=["PATCH"], provide_automatic_options=False)
@blueprint.doc(
    requestBody={"content": {OFFSET_STREAM: {"schema": {"type": "string", "format": "binary"}}}},
    responses={"204": {"description": "Upload-Offset tells how many bytes are here now."}},
)
@needs(CREATOR, OPERATOR)
def append(upload_id: UUID) -> Response:
    """Bytes from `Upload-Offset` on, of any number; with `Upload-Checksum` they are kept only when it agrees."""
    _check_version()
    if request.mimetype != OFFSET_STREAM:
        raise UnsupportedType(f"Send {OFFSET_STREAM}.")
    settings = catalog_settings()
    # The bytes go to the store in parts as they come, so the limit of ordinary bodies is not theirs.
    request.max_content_length = max(settings.upload_file_limit, settings.upload_picture_limit)
    checksum = request.headers.get("Upload-Checksum")
    upload = append_to_upload(
        this_service(),
        settings,
        current_reader(),
        upload_id,
        offset=_whole_number("Upload-Offset"),
        read=request.stream.read,
        checksum=Checksum.parse(checksum) if checksum else None,
    )
    return _progress(upload, 204)


@blueprint.route("/uploads/<uuid:upload_id>", methods=["DELETE"], provide_automatic_options=False)
@blueprint.doc(responses={"204": {"description": "Removed."}})
@needs(CREATOR, OPERATOR)
def cancel(upload_id: UUID) -> Response:
    """Give the upload up; its bytes are removed."""
    _check_version()
    cancel_upload(this_service(), current_reader(), upload_id)
    return _stamped(Response(status=204))


def _check_version() -> None:
    if request.headers.get("Tus-Resumable") != VERSION:
        problem = TusVersion("Send Tus-Resumable: 1.0.0.")
        problem.headers = {"Tus-Version": VERSION}
        raise problem


def _metadata(header: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in header.split(","))):
        name, _, encoded = pair.partition(" ")
        try:
            found[name] = base64.b64decode(encoded, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError) as error:
            raise Malformed("Upload-Metadata holds values in base64 of UTF-8.") from error
    return found


def _purpose(text: str) -> UploadPurpose:
    try:
        return UploadPurpose(text)
    except ValueError as error:
        detail = f"One of {', '.join(UploadPurpose)}."
        raise Invalid(errors=[{"pointer": "/Upload-Metadata/purpose", "detail": detail}]) from error


def _filename(text: str) -> str:
    """The name as a name: what a browser or a script sends may hold a path."""
    name = text.replace("\\", "/").rpartition("/")[2].strip()
    if not name or name in (".", "..") or not name.isprintable() or len(name) > FILENAME_LIMIT:
        detail = f"A printable name of 1 to {FILENAME_LIMIT} characters."
        raise Invalid(errors=[{"pointer": "/Upload-Metadata/filename", "detail": detail}])
    return name


def _whole_number(header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise Malformed(f"{header} must be a whole number.")
    return int(text)


def _progress(upload: Upload, status: int) -> Response:
    response = Response(status=status)
    response.headers["Upload-Offset"] = str(upload.received)
    response.headers["Upload-Expires"] = format_datetime(upload.expires_at, usegmt=True)
    return _stamped(response)


def _stamped(response: Response) -> Response:
    response.headers["Tus-Resumable"] = VERSION
    response.headers["Cache-Control"] = "no-store"
    return response
