"""A payer's bank takes money back, and the dispute about it ends."""

from __future__ import annotations

from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.moment import Moment
from deploy.sandbox.stripe.objects.balance_transaction import new_balance_transaction
from deploy.sandbox.stripe.objects.dispute import REASONS, new_dispute

OVER = ("won", "lost")


class NotDisputable(Exception):
    """The charge cannot be disputed so, or the dispute is over."""


def open_dispute(moment: Moment, charge: Json, amount: int | None = None, reason: str = "fraudulent") -> Json:
    """Dispute a paid charge, in full unless an amount is given (minor units); the money leaves at once."""
    amount = charge["amount"] - charge["amount_refunded"] if amount is None else amount
    # WeChat Pay knows no chargeback (docs.stripe.com/payments/wechat-pay).
    if not charge["paid"] or charge["disputed"] or charge["payment_method_details"]["type"] == "wechat_pay":
        raise NotDisputable(f"{charge['id']} cannot be disputed")
    if reason not in REASONS or not 0 < amount <= charge["amount"]:
        raise NotDisputable(f"not a dispute: {reason}, {amount}")
    dispute = new_dispute(charge, amount, reason, moment.now)
    charge["disputed"] = True
    moment.tx.save(charge)
    moment.tx.add(dispute)
    moment.emit("charge.dispute.created", dispute)
    book(moment, dispute, -amount, moment.options.dispute_fee)
    moment.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def close_dispute(moment: Moment, dispute: Json, won: bool) -> Json:
    """End a dispute. Winning brings the money back, though not the fee."""
    if dispute["status"] in OVER:
        raise NotDisputable(f"{dispute['id']} is {dispute['status']}")
    before: Json = {"status": dispute["status"]}
    dispute.update(status="won" if won else "lost", is_charge_refundable=won)
    if won:
        book(moment, dispute, dispute["amount"], 0)
    moment.tx.save(dispute)
    moment.emit("charge.dispute.closed", dispute, before)
    if won:
        moment.emit("charge.dispute.funds_reinstated", dispute)
    return dispute


def book(moment: Moment, dispute: Json, amount: int, fee: int) -> None:
    """Move an amount on the balance, and show it in the dispute."""
    booked = new_balance_transaction(dispute, "adjustment", amount, fee, moment.now)
    moment.tx.add(booked)
    dispute["balance_transactions"].append(booked)
    moment.tx.save(dispute)
