"""One HTTP exchange with a provider: what it answered, or ModerationUnavailable without a secret in it."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests

from services.catalog.gateways.moderation import ModerationUnavailable
from shared.problems import Malformed
from shared.strict_json import loads

LONGEST = 1024**2  # bytes
CODE = re.compile(r"[A-Za-z0-9_.\-]{1,80}")
NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_\-]")


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


def send(method: str, url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> Answer:
    """The answer, whatever its status, of at most 1 MiB; a redirect is not followed. `timeout` is in seconds.

    Raises ModerationUnavailable where none comes.
    """
    try:
        with requests.request(
            method,
            url,
            data=body,
            headers=dict(headers),
            timeout=timeout,
            allow_redirects=False,
            stream=True,
        ) as response:
            return Answer(response.status_code, _read(response))
    except (requests.RequestException, ValueError) as error:  # ValueError: a header that HTTP cannot carry
        raise ModerationUnavailable(f"{urlsplit(url).hostname}: {type(error).__name__}") from error


def _read(response: requests.Response) -> bytes:
    body = bytearray()
    for chunk in response.iter_content(64 * 1024):
        body += chunk
        if len(body) > LONGEST:
            raise ModerationUnavailable("the answer is too long")
    return bytes(body)


def json_object(answer: Answer) -> dict[str, Any]:
    """The answer's JSON object, fit for the database; raises ModerationUnavailable for anything else."""
    try:
        value = loads(answer.body)
    except Malformed as error:
        raise ModerationUnavailable(f"answer {answer.status} is not JSON") from error
    return mapping(value, "answer")


def mapping(value: object, name: str) -> dict[str, Any]:
    """`value` as an object, where the provider documents one."""
    if not isinstance(value, dict):
        raise ModerationUnavailable(f"{name} is not an object")
    return value


def rows(value: object, name: str) -> list[dict[str, Any]]:
    """`value` as a list of objects, where the provider documents one; none is an empty list."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise ModerationUnavailable(f"{name} is not a list")
    return [mapping(row, name) for row in value]


def text(value: object, name: str) -> str:
    """`value` as words that are not empty."""
    if not isinstance(value, str) or not value:
        raise ModerationUnavailable(f"{name} is missing")
    return value


def share(value: object, name: str) -> float:
    """A provider's 0 to 100 as 0 to 1."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ModerationUnavailable(f"{name} is not a number")
    if not 0 <= value <= 100:
        raise ModerationUnavailable(f"{name} is not between 0 and 100")
    return round(value / 100, 4)


def told(code: object) -> str:
    """An error's code, if it looks like one. The message stays out: it may repeat the signed request."""
    shown = str(code)
    return shown if CODE.fullmatch(shown) else "an unknown error"


def data_id(subject: str) -> str:
    """`subject` in the 64 characters both providers take."""
    return NOT_IN_A_NAME.sub("-", subject)[:64]
