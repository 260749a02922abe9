"""Errors as the client sees them: RFC 9457 `application/problem+json`, with a stable type each.

A use case raises a subclass of `Problem`, named for the situation; nothing else needs to know HTTP.
"""

from typing import Any, ClassVar

TYPE_PREFIX = "urn:huafang:problem:"


class Problem(Exception):
    """A situation the caller can act on. `detail` is a sentence without internals."""

    slug: ClassVar[str] = "internal-error"
    status: ClassVar[int] = 500
    title: ClassVar[str] = "Something went wrong on our side"

    def __init__(self, detail: str = "", **extra: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.extra = extra
        self.headers: dict[str, str] = {}

    def body(self, instance: str) -> dict[str, Any]:
        """The problem document; `instance` is the request's id."""
        return {
            "type": TYPE_PREFIX + self.slug,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "instance": instance,
            **self.extra,
        }


class NotFound(Problem):
    """Also the answer for what its reader may not see, so that ids tell nothing."""

    slug, status, title = "not-found", 404, "There is nothing here"


class Unauthenticated(Problem):
    slug, status, title = "unauthenticated", 401, "Sign in first"

    def __init__(self, detail: str = "", **extra: Any) -> None:
        super().__init__(detail, **extra)
        self.headers = {"WWW-Authenticate": "Bearer"}


class Forbidden(Problem):
    slug, status, title = "forbidden", 403, "Your account may not do this"


class Invalid(Problem):
    """Well-formed but wrong. `errors` lists {pointer, code, detail} for each field."""

    slug, status, title = "invalid", 422, "Something in the request is not right"


class Malformed(Problem):
    slug, status, title = "malformed", 400, "The request cannot be read"


class Conflict(Problem):
    slug, status, title = "conflict", 409, "This does not fit the present state"


class TooLarge(Problem):
    slug, status, title = "too-large", 413, "The request is larger than allowed"


class UnsupportedType(Problem):
    slug, status, title = "unsupported-type", 415, "This type of content is not accepted"


class Unavailable(Problem):
    """A dependency is down; the client may repeat the same request."""

    slug, status, title = "unavailable", 503, "Not available right now, please try again"

    def __init__(self, detail: str = "", retry_after: int = 5, **extra: Any) -> None:
        super().__init__(detail, **extra)
        self.headers = {"Retry-After": str(retry_after)}
