"""Whose copy is this? For operators: a leaked file, or a copy's number, to its order."""

import tempfile
from typing import Any, BinaryIO, cast
from uuid import UUID

from flask import request

from services.catalog.api.schemas.traces import TraceInput, TraceSchema
from services.catalog.domain.uploads import UploadPurpose
from services.catalog.gateways.stored_files import Part, open_parts
from services.catalog.queries.evidence import TracedTo, look_up_copy
from services.catalog.settings import catalog_settings
from services.catalog.usecases.discard_upload import discard_upload
from services.catalog.usecases.find_upload import take_upload
from services.catalog.usecases.read_mark import read_mark
from shared.api import Blueprint
from shared.auth import OPERATOR, current_reader, needs
from shared.files.safetensors import HEADER_LIMIT
from shared.files.traces import COPY
from shared.ids import parse_id
from shared.problems import NotFound, TooLarge, UnsupportedType
from shared.service import this_service

blueprint = Blueprint("traces", __name__, description="Leaked files, to their orders")
BINARY = "application/octet-stream"
IN_MEMORY = 8 * 1024 * 1024
CHUNK = 256 * 1024


@blueprint.post("/traces")
@needs(OPERATOR)
@blueprint.arguments(TraceInput)
@blueprint.response(200, TraceSchema)
def trace(body: dict[str, Any]) -> TracedTo:
    """Look up a file that was uploaded for `trace`, or a copy's number."""
    if body["copy_id"]:
        return _look_up({}, body["copy_id"])
    with this_service().database.transaction() as session:
        now = this_service().clock.now()
        upload = take_upload(session, current_reader(), body["upload_id"], UploadPurpose.TRACE, now)
        parts = [Part(part.start, part.size, part.key) for part in upload.parts]
    with open_parts(this_service().store, parts) as file:
        traced = _trace(file)
    discard_upload(this_service(), upload.id)
    return traced


@blueprint.post("/traces/files")
@blueprint.doc(requestBody={"required": True, "content": {BINARY: {"schema": {"type": "string", "format": "binary"}}}})
@needs(OPERATOR)
@blueprint.response(200, TraceSchema)
def trace_body() -> TracedTo:
    """Look up a file sent as the body. Of a model file only the header is read, and the rest is left unread."""
    if request.mimetype != BINARY:
        raise UnsupportedType(f"Send {BINARY}.")
    limit = catalog_settings().upload_file_limit
    request.max_content_length = limit
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as kept:
        file = cast(BinaryIO, kept)
        _receive(file, limit)
        return _trace(file)


@blueprint.get("/copies/<uuid:copy_id>")
@needs(OPERATOR)
@blueprint.response(200, TraceSchema)
def show_copy(copy_id: UUID) -> TracedTo:
    """A copy by its number: order, buyer, and every time it was fetched."""
    found = _look_up({}, copy_id)
    if found.copy is None:
        raise NotFound()
    return found


def _receive(file: BinaryIO, limit: int) -> None:
    """Read the body: a model file's header alone, which is all that carries a mark, any other file whole."""
    head = request.stream.read(9)
    file.write(head)
    length = int.from_bytes(head[:8], "little")
    is_model = len(head) == 9 and head[8:] == b"{" and length <= 2 * HEADER_LIMIT
    left = length - 1 if is_model else limit
    while left > 0 and (piece := request.stream.read(min(CHUNK, left))):
        file.write(piece)
        left -= len(piece)
    if not is_model and request.stream.read(1):
        raise TooLarge()


def _trace(file: BinaryIO) -> TracedTo:
    mark = read_mark(file) or {}
    return _look_up(mark, parse_id(mark.get(COPY, "")))


def _look_up(mark: dict[str, str], copy_id: UUID | None) -> TracedTo:
    with this_service().database.transaction() as session:
        return look_up_copy(session, copy_id, mark)
