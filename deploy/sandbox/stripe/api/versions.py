"""The `Stripe-Version` header."""

from __future__ import annotations

import re

from werkzeug.datastructures import Headers

from deploy.sandbox.stripe.errors import invalid

VERSION = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(\.[a-z_]+)?")


def version_of(headers: Headers, default: str) -> str:
    """The version asked for. Objects look the same in all of them here; a name that is none is refused."""
    version = headers.get("Stripe-Version", default)
    if not VERSION.fullmatch(version):
        raise invalid(f"Invalid Stripe API version: {version}")
    return version
