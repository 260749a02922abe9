"""A line of a Checkout Session, with the price made for it (docs.stripe.com/api/checkout/sessions/line_items)."""

from __future__ import annotations

from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.ids import new_id


def new_line_item(asked: Json, now: int) -> Json:
    """One line from `price_data` and `quantity`; amounts in minor units."""
    price, quantity = asked["price_data"], asked["quantity"]
    amount = price["unit_amount"] * quantity
    return {
        "id": new_id("item"),
        "object": "item",
        "adjustable_quantity": None,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": price["product_data"]["name"],
        "metadata": asked.get("metadata", {}),
        "price": new_price(price, now),
        "quantity": quantity,
    }


def new_price(asked: Json, now: int) -> Json:
    """The one-time price that a line was made with; it cannot be used again."""
    return {
        "id": new_id("price"),
        "object": "price",
        "active": False,
        "billing_scheme": "per_unit",
        "created": now,
        "currency": asked["currency"],
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": new_id("product"),
        "recurring": None,
        "tax_behavior": asked.get("tax_behavior", "unspecified"),
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "one_time",
        "unit_amount": asked["unit_amount"],
        "unit_amount_decimal": str(asked["unit_amount"]),
    }
