"""Create a Checkout Session, with the rules that Stripe applies to one in mode=payment."""

from __future__ import annotations

from typing import Any

from deploy.sandbox.stripe import money
from deploy.sandbox.stripe.errors import Json, invalid
from deploy.sandbox.stripe.moment import Moment
from deploy.sandbox.stripe.objects.checkout_session import new_checkout_session
from deploy.sandbox.stripe.objects.line_item import new_line_item

SOONEST = 30 * 60
LATEST = 24 * 3600


def create_session(moment: Moment, params: Json) -> Json:
    """An open session for these lines. Raises StripeError for what Stripe refuses."""
    currency = one_currency(params["line_items"], params.get("currency"))
    params.setdefault("payment_method_types", ["card"])
    params["expires_at"] = expiry(params.get("expires_at"), moment.now)
    check_wechat(params)
    lines = [new_line_item(line, moment.now) for line in params["line_items"]]
    amount = sum(line["amount_total"] for line in lines)
    check_amount(amount, currency, moment.options.minimum_amount)
    session = new_checkout_session(moment.options, params, amount, currency, moment.now)
    asked: dict[str, Any] = params.get("payment_intent_data", {})
    moment.tx.add(session, private={"line_items": lines, "payment_intent_data": asked})
    moment.tx.schedule("expire_session", session["id"], session["expires_at"])
    return session


def one_currency(lines: list[Json], stated: str | None) -> str:
    """The currency of every line."""
    currencies = {line["price_data"]["currency"] for line in lines} | ({stated} if stated else set())
    if len(currencies) != 1:
        raise invalid("All line items must have the same currency.", param="line_items")
    currency: str = currencies.pop()
    if currency not in money.SYMBOLS:
        raise invalid(
            f"Invalid currency: {currency}. The sandbox takes {', '.join(money.SYMBOLS)}.",
            param="line_items[0][price_data][currency]",
        )
    return currency


def expiry(asked: int | None, now: int) -> int:
    """When the session ends: 30 minutes to 24 hours after its creation (docs: `expires_at`)."""
    if asked is None:
        return now + LATEST
    if asked - now < SOONEST:
        raise invalid(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.", "expires_at"
        )
    if asked - now > LATEST:
        raise invalid(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.", "expires_at"
        )
    return asked


def check_wechat(params: Json) -> None:
    """WeChat Pay must be told which client it is for (docs.stripe.com/payments/wechat-pay)."""
    client = params.get("payment_method_options", {}).get("wechat_pay", {}).get("client")
    if "wechat_pay" in params["payment_method_types"] and client is None:
        raise invalid(
            "You must provide `payment_method_options[wechat_pay][client]` when using `wechat_pay`.",
            param="payment_method_options[wechat_pay][client]",
            code="parameter_missing",
        )


def check_amount(amount: int, currency: str, minimum: int) -> None:
    """Not too small and not too large, in minor units."""
    if amount > money.LARGEST:
        raise invalid(
            f"The Checkout Session's total amount due may be {money.shown(money.LARGEST, currency)} at most.",
            param="line_items",
            code="amount_too_large",
        )
    if amount < minimum:
        raise invalid(
            f"The Checkout Session's total amount due must add up to at least {money.shown(minimum, currency)}.",
            param="line_items",
            code="amount_too_small",
        )
