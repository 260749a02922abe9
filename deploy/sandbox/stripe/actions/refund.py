"""Give money back."""

from __future__ import annotations

import json

from deploy.sandbox.stripe import money
from deploy.sandbox.stripe.errors import Json, invalid, missing, refused
from deploy.sandbox.stripe.moment import Moment
from deploy.sandbox.stripe.objects.balance_transaction import new_balance_transaction
from deploy.sandbox.stripe.objects.refund import new_refund


def create_refund(moment: Moment, params: Json) -> Json:
    """Refund a charge, in full or in part (minor units). More than is left of it is refused."""
    charge = charge_to_refund(moment, params)
    left = charge["amount"] - charge["amount_refunded"]
    amount: int = params.get("amount", left)
    if charge["refunded"]:
        raise refused(f"Charge {charge['id']} has already been refunded.", code="charge_already_refunded")
    if any(not dispute["is_charge_refundable"] for dispute in moment.tx.all("dispute", {"charge": charge["id"]})):
        raise refused(f"Charge {charge['id']} has been charged back; cannot issue a refund.", code="charge_disputed")
    if amount > left:
        raise refused(
            f"Refund amount ({money.shown(amount, charge['currency'])}) is greater than unrefunded amount on "
            f"charge ({money.shown(left, charge['currency'])})",
            param="amount",
        )
    refund = new_refund(charge, amount, params, moment.now)
    refund["balance_transaction"] = book(moment, refund, -amount)
    moment.tx.add(refund)
    before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    give_back(moment, charge, amount)
    moment.emit("charge.refunded", charge, before)
    moment.emit("refund.created", refund)
    plan(moment, refund)
    return refund


def charge_to_refund(moment: Moment, params: Json) -> Json:
    """The charge that was named, itself or by its intent."""
    if "charge" not in params and "payment_intent" not in params:
        raise invalid("One of the following params should be provided for this request: payment_intent or charge.")
    charge_id = params.get("charge")
    if "payment_intent" in params:
        intent = moment.tx.find(params["payment_intent"], "payment_intent")
        if intent is None:
            raise missing("payment_intent", params["payment_intent"], "payment_intent")
        if intent["status"] != "succeeded":
            raise refused(f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund.")
        if charge_id not in (None, intent["latest_charge"]):
            raise refused("The charge does not belong to the PaymentIntent.", param="charge")
        charge_id = intent["latest_charge"]
    charge = moment.tx.find(str(charge_id), "charge")
    if charge is None:
        raise missing("charge", str(charge_id), "charge")
    if not charge["paid"]:
        raise refused(f"Charge {charge['id']} cannot be refunded because it failed.", param="charge")
    return charge


def plan(moment: Moment, refund: Json) -> None:
    """A wallet's refund ends later; a test may have asked for the next ones to fail, whatever they go to."""
    row = moment.tx.one("SELECT value FROM settings WHERE name = 'fail_refunds'")
    failing = int(json.loads(row["value"])) if row else 0
    if failing:
        moment.tx.execute("UPDATE settings SET value = ? WHERE name = 'fail_refunds'", json.dumps(failing - 1))
    if failing or refund["status"] == "pending":
        due = moment.time + moment.options.wallet_refund_delay
        moment.tx.schedule("settle_refund", refund["id"], due, {"succeeds": not failing})


def settle_refund(moment: Moment, refund: Json, succeeds: bool) -> Json:
    """End a refund: the customer has it, or it came back and the charge is as if it had not been asked for.

    A refund that had succeeded can still come back; one that failed stays so.
    """
    before: Json = {"status": refund["status"]}
    if refund["status"] == "failed" or (succeeds and refund["status"] == "succeeded"):
        return refund
    refund.pop("pending_reason", None)
    refund["status"] = "succeeded" if succeeds else "failed"
    if not succeeds:
        refund["failure_reason"] = "unknown"
        refund["failure_balance_transaction"] = book(moment, refund, refund["amount"], "refund_failure")
        give_back(moment, moment.tx.get(refund["charge"]), -refund["amount"])
    moment.tx.save(refund)
    moment.tx.unschedule("settle_refund", refund["id"])
    moment.emit("refund.updated", refund, before)
    moment.emit("charge.refund.updated", refund, before)
    if not succeeds:
        moment.emit("refund.failed", refund)
    return refund


def give_back(moment: Moment, charge: Json, amount: int) -> None:
    """Count an amount as refunded (or, below zero, as not refunded after all)."""
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    moment.tx.save(charge)


def book(moment: Moment, refund: Json, amount: int, reason: str | None = None) -> str:
    """Move an amount on the merchant's balance. Stripe keeps its fee on the payment."""
    card = refund["destination_details"]["type"] == "card"
    kind = reason or ("refund" if card else "payment_refund")
    booked = new_balance_transaction(refund, kind, amount, 0, moment.now)
    moment.tx.add(booked)
    booked_as: str = booked["id"]
    return booked_as
