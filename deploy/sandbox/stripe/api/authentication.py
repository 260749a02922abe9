"""Who may call: whoever sends the test key, as bearer or as user name (docs.stripe.com/api/authentication)."""

from __future__ import annotations

from hmac import compare_digest

from werkzeug.datastructures import Headers
from werkzeug.datastructures.auth import Authorization

from deploy.sandbox.stripe.errors import StripeError

REALM = {"WWW-Authenticate": 'Basic realm="Stripe"'}


def check_api_key(headers: Headers, expected: str) -> None:
    """Refuse a call without the right key (401)."""
    sent = key_of(headers)
    if not sent:
        raise StripeError(
            401,
            "You did not provide an API key. You need to provide your API key in the Authorization header, using "
            "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
            keeps=False,
            headers=REALM,
        )
    if not compare_digest(sent.encode(), expected.encode()):
        raise StripeError(401, f"Invalid API Key provided: {masked(sent)}", keeps=False, headers=REALM)


def key_of(headers: Headers) -> str | None:
    """The key a call carries, in either of the two ways."""
    authorization = Authorization.from_header(headers.get("Authorization"))
    if authorization is None:
        return None
    return authorization.username if authorization.type == "basic" else authorization.token


def masked(key: str) -> str:
    """A key that can be told from another and used for nothing."""
    return key[:8] + "*" * max(0, len(key) - 12) + key[-4:] if len(key) > 12 else "*" * len(key)
