"""What can go wrong when a service is asked: it answers with a problem (RFC 9457), or not at all."""

from typing import Any

from shared.problems import TYPE_PREFIX


class ServiceDown(Exception):
    """No answer in time, or a 5xx: the page degrades or says what to do."""

    def __init__(self, service: str, reason: str) -> None:
        super().__init__(f"{service}: {reason}")
        self.service = service


class Refused(Exception):
    """A 4xx answer: `slug` names the situation, `errors` the fields, `body` holds whatever else was told."""

    def __init__(self, service: str, status: int, body: dict[str, Any]) -> None:
        self.service = service
        self.status = status
        self.body = body
        self.slug = str(body.get("type", "")).removeprefix(TYPE_PREFIX)
        self.detail = str(body.get("detail", ""))
        errors = body.get("errors", [])
        self.errors: list[dict[str, Any]] = errors if isinstance(errors, list) else []
        super().__init__(f"{service} answered {status} {self.slug}")
