"""Links to a buyer's own copy, and the copy itself, in ranges."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog
from flask import Response, g, request
from sqlalchemy.exc import SQLAlchemyError

from services.catalog.api.attachments import attachment
from services.catalog.api.ranges import requested_range
from services.catalog.api.schemas.downloads import LinkSchema
from services.catalog.domain.downloads import AccessEntry, Visit
from services.catalog.settings import catalog_settings
from services.catalog.usecases.compose_copy import ComposedCopy, compose_copy
from services.catalog.usecases.give_link import LinkTerms, give_link
from services.catalog.usecases.open_download import OpenedCopy, begin_download, end_download, open_download
from services.catalog.usecases.refuse_download import log_refused_download, log_refused_link
from shared.api import Blueprint
from shared.auth import current_reader, needs
from shared.clock import SystemClock
from shared.ids import parse_id
from shared.links import open_link, sign_link
from shared.problems import Forbidden, NotFound, Unavailable
from shared.service import Service, this_service
from shared.storage import FileMissing

PURPOSE = "catalog.download"
LONGEST_LINK = 300
FRONT = "/api/catalog"
BINARY = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}
log = structlog.get_logger()

blueprint = Blueprint("downloads", __name__, description="A buyer's own copies")


@blueprint.post("/entitlements/<uuid:entitlement_id>/files/<uuid:file_id>/links")
@needs()
@blueprint.response(201, LinkSchema)
def make_link(entitlement_id: UUID, file_id: UUID) -> dict[str, Any]:
    """A link for one person to their own copy of one file, valid for a few minutes."""
    service, settings, reader = this_service(), catalog_settings(), current_reader()
    visit = _visit(reader.id)
    try:
        with service.database.transaction() as session:
            link = give_link(
                session,
                entitlement_id,
                file_id,
                visit=visit,
                organisations=reader.organisations,
                terms=LinkTerms(settings.download_limit, settings.platform_name),
                now=service.clock.now(),
            )
    except Forbidden as refusal:
        with service.database.transaction() as session:
            now = service.clock.now()
            log_refused_link(session, visit, entitlement_id, file_id, reason=refusal.slug, now=now)
        raise
    claims = {"link": str(link.id), "copy": str(link.copy_id), "reader": str(reader.id)}
    token = sign_link(settings.signing_secret.get_secret_value(), PURPOSE, claims)
    seconds = min(settings.download_link_seconds, LONGEST_LINK)
    # Real time, as the signature's: the business clock may stand elsewhere.
    expires_at = SystemClock().now() + timedelta(seconds=seconds)
    return {"url": f"{FRONT}/downloads/{token}", "expires_at": expires_at, "seconds": seconds}


@blueprint.get("/downloads/<token>")
@blueprint.doc(
    security=[{}],
    parameters=[{"in": "header", "name": "Range", "schema": {"type": "string"}}],
    responses={
        "200": {"description": "The whole copy.", "content": BINARY},
        "206": {"description": "One range of it.", "content": BINARY},
        "416": {"description": "The range cannot be sent."},
    },
)
def fetch(token: str) -> Response:
    """The copy that a link leads to, or one range of it; the entitlement is checked again each time.

    The link itself is the right to fetch, so no token is asked for: it works in a browser and in a download
    manager.
    """
    link_id, person_id = _read_link(token)
    visit = _visit(person_id)
    try:
        return _serve(link_id, visit)
    except Forbidden as refusal:
        with this_service().database.transaction() as session:
            now = this_service().clock.now()
            log_refused_download(session, visit, link_id, reason=refusal.slug, now=now)
        raise


def _read_link(token: str) -> tuple[UUID, UUID]:
    settings = catalog_settings()
    seconds = min(settings.download_link_seconds, LONGEST_LINK)
    claims = open_link(settings.signing_secret.get_secret_value(), PURPOSE, token, seconds)
    link_id, person_id = parse_id(str(claims.get("link"))), parse_id(str(claims.get("reader")))
    if link_id is None or person_id is None:
        raise NotFound()
    return link_id, person_id


def _serve(link_id: UUID, visit: Visit) -> Response:
    service = this_service()
    with service.database.transaction() as session:
        opened = open_download(session, link_id)
    composed = _composed(opened)
    wanted = requested_range(request, composed.size, composed.etag)
    start, end = wanted or (0, composed.size)
    response = Response(status=206 if wanted else 200, content_type=composed.media_type)
    if request.method == "GET":
        # Only now, with the range known to be good: a refused range must not cost a download.
        with service.database.transaction() as session:
            length, now = end - start, service.clock.now()
            entry = begin_download(session, link_id, visit=visit, first=start, length=length, now=now)
        response.response = Sending(service, entry, composed.read(start, end))
    return _with_headers(response, composed, opened, start, end)


def _composed(opened: OpenedCopy) -> ComposedCopy:
    try:
        return compose_copy(this_service().store, opened.file, opened.copy.mark)
    except FileMissing as error:
        log.error("file missing in the store", file=str(opened.file.id))
        raise Unavailable("The file cannot be read right now.", retry_after=60) from error


def _with_headers(response: Response, composed: ComposedCopy, opened: OpenedCopy, start: int, end: int) -> Response:
    headers = response.headers
    headers["Content-Length"] = str(end - start)
    headers["Content-Disposition"] = attachment(opened.file.name, f"huafang-{opened.copy.id}")
    headers["Accept-Ranges"] = "bytes"
    headers["Cache-Control"] = "private, no-store"
    response.set_etag(composed.etag)
    if response.status_code == 206:
        headers["Content-Range"] = f"bytes {start}-{end - 1}/{composed.size}"
    return response


def _visit(person_id: UUID) -> Visit:
    return Visit(
        person_id=person_id,
        request_id=g.request_id,
        address=request.remote_addr or "",
        user_agent=request.user_agent.string,
    )


class Sending:
    """A body that logs, when it ends or is broken off, how much of it went out."""

    def __init__(self, service: Service, entry: AccessEntry, pieces: Iterator[bytes]) -> None:
        self._service, self._entry, self._pieces = service, entry, pieces
        self._sent, self._is_closed = 0, False

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            yield piece
            # Counted when the server asks for the next one: until then this one may never have left.
            self._sent += len(piece)

    def close(self) -> None:
        """Called by the server in every case; a log that cannot be written must not break the answer."""
        if self._is_closed:
            return
        self._is_closed = True
        try:
            with self._service.database.transaction() as session:
                end_download(session, self._entry, self._sent, self._service.clock.now())
        except SQLAlchemyError as error:
            log.error("end of download not logged", link=str(self._entry.link_id), error=str(error))
