"""Stripe's errors: an HTTP status and the envelope that its library reads."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


class StripeError(Exception):
    """An answer that is not 200.

    `keeps` says whether an idempotency key remembers it: Stripe saves a result only once an endpoint has begun to
    execute, so what is refused while reading the parameters is not kept (docs.stripe.com/api/idempotent_requests).
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: str | None = None,
        param: str | None = None,
        keeps: bool = True,
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.keeps = keeps
        self.headers = headers or {}
        self.error: Json = {"message": message, "type": kind}
        if code is not None:
            self.error["code"] = code
            self.error["doc_url"] = "https://stripe.com/docs/error-codes/" + code.replace("_", "-")
        if param is not None:
            self.error["param"] = param
        self.error.update(more)

    def body(self) -> Json:
        """The JSON document that Stripe answers with."""
        return {"error": dict(sorted(self.error.items()))}


def invalid(message: str, param: str | None = None, code: str | None = None) -> StripeError:
    """A request that Stripe refuses before it does anything."""
    return StripeError(400, message, param=param, code=code, keeps=False)


def refused(message: str, param: str | None = None, code: str | None = None) -> StripeError:
    """A request that Stripe understood and refuses because of the state of things."""
    return StripeError(400, message, param=param, code=code)


def missing(kind: str, named: str, param: str) -> StripeError:
    """There is no such object."""
    return StripeError(404, f"No such {kind}: '{named}'", code="resource_missing", param=param)
