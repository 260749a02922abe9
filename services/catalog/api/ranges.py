"""The one range of bytes that a request asks for (RFC 9110 sections 13.1.5 and 14)."""

import re

from flask import Request

from shared.problems import Problem

LONGEST_HEADER = 100
ONE_RANGE = re.compile(r"bytes=(?P<first>[0-9]*)-(?P<last>[0-9]*)", re.IGNORECASE)


class RangeNotSatisfiable(Problem):
    """Also for several ranges at once: one answer with many small parts costs more than it serves."""

    slug, status, title = "range-not-satisfiable", 416, "This range of bytes cannot be sent"

    def __init__(self, size: int) -> None:
        super().__init__("Ask for one range within the file.")
        self.headers = {"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"}


def requested_range(request: Request, size: int, etag: str) -> tuple[int, int] | None:
    """[start, end) of the bytes asked for, or None for the whole.

    A header that is no byte range is ignored, and so is any range whose If-Range names another copy; raises
    RangeNotSatisfiable (416) for one beyond the file and for more than one.
    """
    header = request.headers.get("Range", "")
    if request.method != "GET" or not header or not _is_current(request, etag):
        return None
    if "," in header or len(header) > LONGEST_HEADER:
        raise RangeNotSatisfiable(size)
    found = ONE_RANGE.fullmatch(header.strip())
    if found is None or found["first"] == found["last"] == "":
        return None
    if not found["first"]:
        return _suffix(int(found["last"]), size)
    first, last = int(found["first"]), int(found["last"]) if found["last"] else None
    if last is not None and last < first:
        return None
    if first >= size:
        raise RangeNotSatisfiable(size)
    return first, size if last is None else min(last + 1, size)


def _suffix(length: int, size: int) -> tuple[int, int]:
    if not length or not size:
        raise RangeNotSatisfiable(size)
    return max(0, size - length), size


def _is_current(request: Request, etag: str) -> bool:
    # Only a strong validator vouches for bytes. We send no Last-Modified, so a date can only be a guess.
    return request.headers.get("If-Range", f'"{etag}"').strip() == f'"{etag}"'
