"""A PaymentMethod, and how a charge tells of it (docs.stripe.com/api/payment_methods/object)."""

from __future__ import annotations

from hashlib import sha256

from deploy.sandbox.stripe.cards import SandboxCard
from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.ids import new_id

NO_ADDRESS: Json = {
    "city": None,
    "country": None,
    "line1": None,
    "line2": None,
    "postal_code": None,
    "state": None,
}


def billing_details(email: str | None, name: str | None) -> Json:
    """Who pays, as far as they said."""
    return {"address": NO_ADDRESS, "email": email, "name": name, "phone": None, "tax_id": None}


def wallet_method(wallet: str, billing: Json, now: int) -> Json:
    """Alipay or WeChat Pay: there is nothing to keep of the wallet before it has paid."""
    return _method(wallet, {}, billing, now)


def card_method(card: SandboxCard, expires: tuple[int, int], billing: Json, now: int) -> Json:
    """A card; only its last four digits are kept."""
    details: Json = {
        "brand": card.brand,
        "checks": {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"},
        "country": card.country,
        "display_brand": card.brand,
        "exp_month": expires[0],
        "exp_year": expires[1],
        "fingerprint": fingerprint(card.number),
        "funding": "credit",
        "generated_from": None,
        "last4": card.number[-4:],
        "networks": {"available": [card.brand], "preferred": None},
        "regulated_status": "unregulated",
        "three_d_secure_usage": {"supported": True},
        "wallet": None,
    }
    return _method("card", details, billing, now)


def _method(kind: str, details: Json, billing: Json, now: int) -> Json:
    return {
        "id": new_id("payment_method"),
        "object": "payment_method",
        "allow_redisplay": "limited",
        "billing_details": billing,
        "created": now,
        "customer": None,
        "customer_account": None,
        "livemode": False,
        "metadata": {},
        "type": kind,
        kind: details,
    }


def charged_details(method: Json, amount: int, transaction: str) -> Json:
    """`payment_method_details` of a charge made with this method."""
    kind: str = method["type"]
    if kind == "card":
        return {"type": "card", "card": _charged_card(method["card"], amount)}
    told: Json = {"fingerprint": fingerprint(method["id"]), "transaction_id": transaction}
    if kind == "alipay":
        told["buyer_id"] = "2088" + str(int(sha256(method["id"].encode()).hexdigest(), 16))[:12]
    return {"type": kind, kind: told}


def _charged_card(card: Json, amount: int) -> Json:
    copied = ("brand", "checks", "country", "exp_month", "exp_year", "fingerprint", "funding", "last4")
    return {
        **{field: card[field] for field in copied},
        "amount_authorized": amount,
        "authorization_code": None,
        "extended_authorization": {"status": "disabled"},
        "incremental_authorization": {"status": "unavailable"},
        "installments": None,
        "mandate": None,
        "multicapture": {"status": "unavailable"},
        "network": card["brand"],
        "network_token": {"used": False},
        "network_transaction_id": None,
        "overcapture": {"maximum_amount_capturable": amount, "status": "unavailable"},
        "regulated_status": "unregulated",
        "three_d_secure": None,
        "wallet": None,
    }


def fingerprint(secret: str) -> str:
    """The same text for the same card or wallet, from which it cannot be read."""
    return sha256(secret.encode()).hexdigest()[:16]
