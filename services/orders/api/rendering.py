"""Carts and orders as JSON."""

from typing import Any

from services.orders.api.schemas.carts import CartSchema
from services.orders.api.schemas.operators import OperatorOrderSchema
from services.orders.api.schemas.orders import OrderSchema, OrderSummarySchema
from services.orders.domain.carts import Cart, PricedLine
from services.orders.domain.lines import total_paid, total_refunded
from services.orders.domain.orders import Order
from services.orders.queries import OrderView

OF_THE_ORDER = set(OrderSummarySchema().fields) - {"paid", "refunded"}
BESIDE_IT = ("being_refunded", "steps", "timeline", "payment", "refunds", "payments", "disputes", "alerts")


def cart_body(cart: Cart) -> dict[str, Any]:
    """A cart; a line whose offer we have not heard of has no title and no price."""
    body: dict[str, Any] = CartSchema().dump(
        {
            "lines": [_cart_line(line) for line in cart.lines],
            "total": cart.total,
            "currency": cart.currency,
            "fingerprint": cart.fingerprint,
        }
    )
    return body


def _cart_line(line: PricedLine) -> dict[str, Any]:
    offer = line.offer
    return {
        "offer_id": line.offer_id,
        "version": offer.version if offer else None,
        "title": offer.title if offer else None,
        "kind": offer.kind if offer else "",
        "url": offer.url if offer else "",
        "picture_url": offer.picture_url if offer else "",
        "quantity": line.quantity,
        "max_quantity": offer.max_quantity if offer else line.quantity,
        "price": offer.price if offer else 0,
        "amount": line.amount,
        "terms": offer.terms if offer else [],
        "requires": offer.requires if offer else [],
        "missing": line.missing,
        "available": line.available,
        "problem": line.problem,
    }


def order_body(view: OrderView, *, for_operator: bool = False) -> dict[str, Any]:
    """The whole order, with what is for operators when it is for one."""
    schema = OperatorOrderSchema() if for_operator else OrderSchema()
    beside = {name: getattr(view, name) for name in BESIDE_IT}
    body: dict[str, Any] = schema.dump(summary(view.order) | beside)
    return body


def summary(order: Order) -> dict[str, Any]:
    """An order in a list."""
    return {name: getattr(order, name) for name in OF_THE_ORDER} | {
        "paid": total_paid(order.lines),
        "refunded": total_refunded(order.lines),
    }
