"""ETags (RFC 9110 section 8.8.3) for what can be cached."""

import hashlib

from flask import Response, request


def etag_for(*parts: object) -> str:
    """A strong validator over the parts that decide a representation."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:32]


def conditional(response: Response, etag: str, cache_control: str = "no-cache") -> Response:
    """Stamp the response with its ETag and answer 304 when the client already has it."""
    response.set_etag(etag)
    response.headers["Cache-Control"] = cache_control
    response.make_conditional(request)
    return response
