"""Who sent a webhook: Stripe's signature over the raw bytes, checked before anything is parsed.

Stripe's library lets a stamp from the future pass and tries one secret; here a stamp may be 300 s off either way,
and two secrets are tried while one replaces the other. Stamps are real time.
"""

import time
from collections.abc import Sequence

from stripe import SignatureVerificationError, WebhookSignature

from shared.problems import Malformed

TOLERANCE = 300


class NoticeRefused(Malformed):
    """The notice is not signed by the gateway, or is no notice."""

    slug, title = "webhook-refused", "This notice is not signed by the payment gateway"


def check_signature(body: bytes, header: str | None, secrets: Sequence[str], tolerance: int = TOLERANCE) -> None:
    """Return for a body signed with one of `secrets` within `tolerance` seconds; else raises NoticeRefused."""
    if not header or not header.isascii():
        raise NoticeRefused("The Stripe-Signature header is missing.")
    if _stamp(header) > time.time() + tolerance:
        raise NoticeRefused("The signature's time lies in the future.")
    for secret in secrets:
        try:
            WebhookSignature.verify_header(body, header, secret, tolerance)
        except (SignatureVerificationError, UnicodeDecodeError):
            continue
        return
    raise NoticeRefused("No signature in the header holds for this body and this time.")


def _stamp(header: str) -> int:
    """The stamp the library would read: the first `t`."""
    stamps = [item.partition("=")[2] for item in header.split(",") if item.partition("=")[0] == "t"]
    try:
        return int(stamps[0])
    except (IndexError, ValueError):
        raise NoticeRefused("The signature has no time.") from None
