"""What an HTTP API of ours is built from: flask-smorest with strict JSON and RFC 9457 problems."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any, NoReturn

import flask
import flask_smorest
import marshmallow
from marshmallow import fields
from webargs import core
from webargs.flaskparser import FlaskParser, is_json_request

from shared import strict_json
from shared.problems import Invalid, UnsupportedType

HTTP_METHODS = {"get", "put", "post", "delete", "options", "head", "patch"}
# Malformed, refused, not there, not now, too much, of the wrong type, wrong inside, or a server in trouble.
ANY_PROBLEM = (400, 401, 403, 404, 409, 413, 415, 422, 500, 503)


class ProblemSchema(marshmallow.Schema):
    """RFC 9457 problem details; a problem may say more in members of its own (section 3.2)."""

    class Meta:
        unknown = marshmallow.INCLUDE

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    instance = fields.String(required=True)
    errors = fields.List(fields.Dict())


class StrictParser(FlaskParser):
    """Parses arguments so that what is malformed answers 400, 415 or 422 with the field's JSON pointer."""

    def _raw_load_json(self, req: flask.Request) -> Any:
        if not req.mimetype and not req.content_length:
            return core.missing
        if not is_json_request(req) or req.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
            raise UnsupportedType("Send application/json in UTF-8.")
        return strict_json.loads(req.get_data(cache=True))

    def handle_error(self, error: marshmallow.ValidationError, *_: Any, **__: Any) -> NoReturn:
        messages = error.messages if isinstance(error.messages, dict) else {}
        raise Invalid(errors=[entry for found in messages.values() for entry in _errors(found, "")])


def _errors(messages: Any, pointer: str) -> Iterator[dict[str, str]]:
    """Marshmallow's nested messages as a flat list of {pointer (RFC 6901), detail}."""
    if isinstance(messages, dict):
        for key, inner in messages.items():
            name = "" if key == "_schema" else f"/{key}"
            yield from _errors(inner, pointer + name)
    else:
        for message in messages if isinstance(messages, list) else [messages]:
            yield {"pointer": pointer, "detail": str(message)}


class Blueprint(flask_smorest.Blueprint):  # type: ignore[name-defined,misc]  # the library is untyped
    """A blueprint whose arguments are parsed strictly."""

    ARGUMENTS_PARSER = StrictParser()


class Api(flask_smorest.Api):
    """The service's OpenAPI document; errors are rendered by `shared.application`, not here."""

    ERROR_SCHEMA = ProblemSchema  # type: ignore[assignment]

    def _register_error_handlers(self) -> None:
        """Nothing: every error of the application is turned into a problem in one place."""

    def register_blueprint(self, blp: Any, **options: Any) -> None:
        """Register it, and declare for each of its operations the problems that any may answer."""
        super().register_blueprint(blp, **options)  # type: ignore[no-untyped-call]
        for operations in self.spec._paths.values():  # apispec has no public way to go over them
            for method, operation in operations.items():
                if method in HTTP_METHODS:
                    _declare_problems(operation["responses"])


def _declare_problems(responses: dict[str, Any]) -> None:
    responses.pop("default", None)
    for status in ANY_PROBLEM:
        declared = responses.get(str(status))
        # A reference is the library's own, which speaks of application/json.
        if declared is None or isinstance(declared, str) or "$ref" in declared:
            content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
            responses[str(status)] = {"description": HTTPStatus(status).phrase, "content": content}


class Request(flask.Request):
    """Werkzeug's request, with our JSON rules wherever `request.json` is used."""

    @property
    def json(self) -> Any:
        return strict_json.loads(self.get_data(cache=True))


class Input(marshmallow.Schema):
    """Base of request bodies: an unknown field is an error, so that a forged price is told, not ignored."""

    class Meta:
        unknown = marshmallow.RAISE


class StrictInteger(fields.Integer):
    """A JSON integer: no text, no fraction, no boolean."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        return super()._deserialize(value, attr, data, **kwargs)
