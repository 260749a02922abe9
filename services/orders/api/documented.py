"""What the OpenAPI document says of every view: the problems it answers, the headers it reads."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, TypeVar

from shared.api import Blueprint, ProblemSchema

View = TypeVar("View", bound=Callable[..., Any])
# Any view may answer these: malformed, refused, not acceptable to the parser, or a server in trouble.
ALWAYS = (400, 401, 403, 404, 422, 500, 503)
JSON = (413, 415)
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "description": "1 to 255 printable characters; the same key with the same body gets the first answer again",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]*[!-~][ -~]*$"},
}


def may_answer(blueprint: Blueprint, *statuses: int, key: bool = False, body: bool = False) -> Callable[[View], View]:
    """Declare the problems of a view beside those any may answer; `key` for one that is idempotent by its key,
    `body` for one that reads JSON."""

    def decorate(view: View) -> View:
        every = {*ALWAYS, *statuses, *(JSON if body else ()), *((409,) if key else ())}
        for status in sorted(every):
            view = blueprint.alt_response(
                status,
                schema=ProblemSchema,
                description=HTTPStatus(status).phrase,
                content_type="application/problem+json",
            )(view)
        if key:
            view = blueprint.doc(parameters=[KEY])(view)
        return view

    return decorate
