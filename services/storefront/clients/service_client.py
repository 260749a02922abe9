"""Calls to one service: short timeouts, a fresh signed token, problems as exceptions."""

import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import requests
import structlog

from services.storefront.clients.errors import Refused, ServiceDown
from shared.auth import Reader, TokenSigner

log = structlog.get_logger()

# A service that lost its database for a moment or is being restarted answers the second time.
READ_TRIES = 2
RETRY_SECONDS = 0.2


class ServiceClient:
    """One service's API, asked in the name of one reader. requests' instrumentation adds the traceparent."""

    def __init__(
        self,
        name: str,
        url: str,
        signer: TokenSigner,
        session: requests.Session,
        timeout: tuple[float, float],
        reader: Reader | None,
    ) -> None:
        self.name = name
        self._url = url.rstrip("/")
        self._signer = signer
        self._session = session
        self._timeout = timeout
        self._reader = reader

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> Any:
        """The JSON at `path`; raises Refused for a 4xx and ServiceDown for anything else. Tried twice."""
        given = {name: value for name, value in (params or {}).items() if value not in (None, "")}
        for left in reversed(range(READ_TRIES)):
            try:
                return self._read(self.send("GET", path, params=given))
            except ServiceDown:
                if not left:
                    raise
                time.sleep(RETRY_SECONDS)
        raise AssertionError("unreachable")

    def post(self, path: str, body: Any = None, key: str | UUID | None = None, **headers: str) -> Any:
        """Post JSON, with `key` as its Idempotency-Key where the effect must happen once."""
        return self._read(self.send("POST", path, json={} if body is None else body, headers=_with_key(key, headers)))

    def put(self, path: str, body: Any) -> Any:
        return self._read(self.send("PUT", path, json=body))

    def patch(self, path: str, body: Any) -> Any:
        return self._read(self.send("PATCH", path, json=body))

    def delete(self, path: str) -> Any:
        return self._read(self.send("DELETE", path))

    def token(self, lifetime: int | None = None) -> str:
        """A token for this service in the reader's name, or an empty string for a stranger."""
        if self._reader is None:
            return ""
        return self._signer.sign(self.name, self._reader, *([lifetime] if lifetime else []))

    def send(self, method: str, path: str, **kwargs: Any) -> requests.Response:
        """One request; redirects are not followed. Raises ServiceDown without an answer or for a 5xx."""
        headers = dict(kwargs.pop("headers", None) or {})
        if token := self.token():
            headers["Authorization"] = f"Bearer {token}"
        try:
            response = self._session.request(
                method, self._url + path, headers=headers, timeout=self._timeout, allow_redirects=False, **kwargs
            )
        except requests.RequestException as error:
            log.warning("service unreachable", called=self.name, path=path, error=type(error).__name__)
            raise ServiceDown(self.name, type(error).__name__) from error
        if response.status_code >= 500:
            log.warning("service failed", called=self.name, path=path, status=response.status_code)
            raise ServiceDown(self.name, f"status {response.status_code}")
        if response.status_code >= 400:
            raise Refused(self.name, response.status_code, _problem(response))
        return response

    def _read(self, response: requests.Response) -> Any:
        if response.status_code == 204 or not response.content:
            return None
        try:
            return response.json()
        except ValueError as error:
            raise ServiceDown(self.name, "the answer is not JSON") from error


def _with_key(key: str | UUID | None, headers: Mapping[str, str]) -> dict[str, str]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return named | ({"Idempotency-Key": str(key)} if key else {})


def _problem(response: requests.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
