"""What a stand-in can be told when it starts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

# The version that Stripe's library 16.1 asks for; events are rendered in it.
API_VERSION = "2026-10-28.endive"

# Seconds between tries; the last repeats until GIVE_UP_AFTER. Stripe waits hours where a sandbox waits seconds.
RETRY_SCHEDULE = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)

# Stripe tries a live endpoint for three days (docs.stripe.com/webhooks, "Retry behavior").
GIVE_UP_AFTER = 3 * 24 * 3600


@dataclass(frozen=True)
class Options:
    """Settings of one stand-in. Amounts are in the currency's minor unit (fen), times in seconds."""

    data: Path
    api_key: str = "sk_test_huafang_sandbox"
    public_url: str = "http://127.0.0.1:4242"
    webhook_url: str | None = None
    webhook_secret: str = "whsec_huafang_sandbox"
    merchant: str = "画坊 Huafang"
    api_version: str = API_VERSION
    fee_basis_points: int = 340
    fee_fixed: int = 235
    dispute_fee: int = 10_000
    minimum_amount: int = 400
    booking_delay: float = 0.0
    dispute_delay: float = 2.0
    later_delay: float = 5.0
    wallet_refund_delay: float = 2.0
    webhook_timeout: float = 10.0
    webhook_retries: tuple[float, ...] = RETRY_SCHEDULE
    give_up_after: float = GIVE_UP_AFTER

    def __post_init__(self) -> None:
        if not self.api_key.startswith("sk_test_"):
            raise ValueError("the sandbox takes test keys only: api_key must begin with sk_test_")
        if not self.webhook_retries:
            raise ValueError("webhook_retries needs at least one delay")

    @property
    def path_prefix(self) -> str:
        """The path under which a front serves the pages, without a slash at its end ('' at the root)."""
        return urlsplit(self.public_url).path.rstrip("/")

    def page(self, path: str) -> str:
        """The public address of one of the stand-in's pages."""
        return self.public_url.rstrip("/") + path
