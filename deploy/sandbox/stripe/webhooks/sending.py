"""One try to deliver one event."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import requests


@dataclass(frozen=True)
class Parcel:
    """One delivery, ready to go."""

    delivery: int
    attempts: int
    first_at: float
    url: str
    payload: bytes
    secret: str
    event: str


@dataclass(frozen=True)
class Receipt:
    """How a try ended: a status, or why there was none."""

    status: int | None
    problem: str | None
    seconds: float

    @property
    def accepted(self) -> bool:
        """Whether the endpoint answered 2xx."""
        return self.status is not None and 200 <= self.status < 300


Send = Callable[[str, bytes, dict[str, str], float], int]


def post(url: str, payload: bytes, headers: dict[str, str], timeout: float) -> int:
    """Post one webhook; a redirect is an answer like any other, as with Stripe. No proxy is used."""
    with requests.Session() as session:
        session.trust_env = False
        answer = session.post(url, data=payload, headers=headers, timeout=timeout, allow_redirects=False)
        return answer.status_code
