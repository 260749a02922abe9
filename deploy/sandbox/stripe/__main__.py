"""python -m deploy.sandbox.stripe --port 4242 --data DIR"""

from __future__ import annotations

import argparse
import logging
import os
from collections.abc import Sequence
from pathlib import Path

from deploy.sandbox.stripe.options import Options
from deploy.sandbox.stripe.server import serve


def main(arguments: Sequence[str] | None = None) -> None:
    """Start the stand-in and serve until told to stop."""
    given = parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s stripe-sandbox %(levelname)s %(message)s")
    serve(options_from(given), given.port, given.host)


def parser() -> argparse.ArgumentParser:
    """The command line. What has a default may also come from STRIPE_SANDBOX_<NAME>."""
    command = argparse.ArgumentParser(
        prog="python -m deploy.sandbox.stripe",
        description="A stand-in for Stripe: its API, its payment page, signed webhooks. No money moves.",
        epilog="Each option can also be given as STRIPE_SANDBOX_<NAME>, e.g. STRIPE_SANDBOX_WEBHOOK_URL.",
    )
    add = command.add_argument
    add("--port", type=int, default=from_environment("PORT", "4242"))
    add("--host", default=from_environment("HOST", "127.0.0.1"))
    add(
        "--data",
        type=Path,
        default=from_environment("DATA"),
        required=from_environment("DATA") is None,
        help="folder of its memory",
    )
    add("--webhook-url", default=from_environment("WEBHOOK_URL"), help="where events are sent")
    add("--webhook-secret", default=from_environment("WEBHOOK_SECRET", Options.webhook_secret))
    add("--api-key", default=from_environment("API_KEY", Options.api_key), help="begins with sk_test_")
    add(
        "--public-url",
        default=from_environment("PUBLIC_URL"),
        help="address of the pages, when a front serves them",
    )
    add("--merchant", default=from_environment("MERCHANT", Options.merchant), help="name on the payment page")
    add("--fee-percent", type=float, default=from_environment("FEE_PERCENT", "3.4"), help="share kept of a payment")
    add(
        "--fee-fixed",
        type=int,
        default=from_environment("FEE_FIXED", str(Options.fee_fixed)),
        help="fen kept of a payment",
    )
    add(
        "--minimum-amount",
        type=int,
        default=from_environment("MINIMUM_AMOUNT", str(Options.minimum_amount)),
        help="fen",
    )
    add("--later-delay", type=float, default=from_environment("LATER_DELAY", str(Options.later_delay)))
    add("--booking-delay", type=float, default=from_environment("BOOKING_DELAY", str(Options.booking_delay)))
    add("--refund-delay", type=float, default=from_environment("REFUND_DELAY", str(Options.wallet_refund_delay)))
    add("--webhook-timeout", type=float, default=from_environment("WEBHOOK_TIMEOUT", str(Options.webhook_timeout)))
    add("--webhook-retries", type=seconds, default=from_environment("WEBHOOK_RETRIES", "0.5,1,2,5,10,30,60"))
    return command


def from_environment(name: str, default: str | None = None) -> str | None:
    """An option from the environment."""
    return os.environ.get(f"STRIPE_SANDBOX_{name}", default)


def seconds(text: str) -> tuple[float, ...]:
    """Delays, separated by commas."""
    return tuple(float(part) for part in text.split(","))


def options_from(given: argparse.Namespace) -> Options:
    """The options of a command line."""
    return Options(
        data=given.data,
        api_key=given.api_key,
        public_url=given.public_url or f"http://{given.host}:{given.port}",
        webhook_url=given.webhook_url,
        webhook_secret=given.webhook_secret,
        merchant=given.merchant,
        fee_basis_points=round(given.fee_percent * 100),
        fee_fixed=given.fee_fixed,
        minimum_amount=given.minimum_amount,
        booking_delay=given.booking_delay,
        later_delay=given.later_delay,
        wallet_refund_delay=given.refund_delay,
        webhook_timeout=given.webhook_timeout,
        webhook_retries=given.webhook_retries,
    )


if __name__ == "__main__":
    main()
