"""Ids in the shape of Stripe's: a prefix that tells the kind, then letters and digits."""

from __future__ import annotations

import secrets
import string

ALPHABET = string.ascii_letters + string.digits

PREFIXES = {
    "balance_transaction": "txn_3",
    "charge": "ch_3",
    "checkout.session": "cs_test_a1",
    "dispute": "dp_1",
    "event": "evt_",
    "item": "li_1",
    "payment_intent": "pi_3",
    "payment_method": "pm_1",
    "price": "price_1",
    "product": "prod_",
    "refund": "re_3",
    "request": "req_",
    "webhook_endpoint": "we_1",
}


def random_text(length: int) -> str:
    """Letters and digits that nobody can guess."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_id(kind: str) -> str:
    """A new id of an object of this kind; sessions have the long ids that Stripe gives them."""
    return PREFIXES[kind] + random_text(56 if kind == "checkout.session" else 23)
