"""Short-lived signed links and opaque cursors: HMAC over a payload, bound to a purpose, in real time."""

from typing import Any

from itsdangerous import BadSignature, SignatureExpired, URLSafeTimedSerializer

from shared.problems import NotFound, Problem


class LinkExpired(Problem):
    slug, status, title = "link-expired", 403, "This link has expired; make a new one"


def sign_link(secret: str, purpose: str, claims: dict[str, Any]) -> str:
    """A URL-safe token that holds `claims`; only `open_link` with the same purpose reads it."""
    return URLSafeTimedSerializer(secret, salt=purpose).dumps(claims)


def open_link(secret: str, purpose: str, token: str, seconds: int) -> dict[str, Any]:
    """The claims of a token not older than `seconds`; raises LinkExpired, or NotFound for any forgery."""
    try:
        claims: dict[str, Any] = URLSafeTimedSerializer(secret, salt=purpose).loads(token, max_age=seconds)
    except SignatureExpired as error:
        raise LinkExpired() from error
    except BadSignature as error:
        raise NotFound() from error
    return claims
