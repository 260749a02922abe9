"""The `Stripe-Signature` header (docs.stripe.com/webhooks, "Verify manually")."""

from __future__ import annotations

import hmac
from hashlib import sha256


def sign(payload: bytes, secret: str, timestamp: int) -> str:
    """`t=<time>,v1=<HMAC-SHA256 of "time.payload">`. The time is real time: the receiver measures its age."""
    signed = str(timestamp).encode() + b"." + payload
    digest = hmac.new(secret.encode(), signed, sha256).hexdigest()
    return f"t={timestamp},v1={digest}"
