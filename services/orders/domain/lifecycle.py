r"""The states of an order and the moves between them; every other move is refused.

    awaiting_payment -> paid -> completed
                   \-> expired | cancelled
    paid | completed -> refunded (all of it)

The same graph stands in the database: a trigger on `orders` refuses any other change of status, and a CHECK
on `order_transitions` any other entry.
"""

from enum import StrEnum

from shared.problems import Conflict


class OrderStatus(StrEnum):
    AWAITING_PAYMENT = "awaiting_payment"
    PAID = "paid"
    COMPLETED = "completed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


START = "new"
MOVES: frozenset[tuple[str, str]] = frozenset(
    {
        (START, OrderStatus.AWAITING_PAYMENT),
        (OrderStatus.AWAITING_PAYMENT, OrderStatus.PAID),
        (OrderStatus.AWAITING_PAYMENT, OrderStatus.EXPIRED),
        (OrderStatus.AWAITING_PAYMENT, OrderStatus.CANCELLED),
        (OrderStatus.PAID, OrderStatus.COMPLETED),
        (OrderStatus.PAID, OrderStatus.REFUNDED),
        (OrderStatus.COMPLETED, OrderStatus.REFUNDED),
    }
)
PAID_ONCE = frozenset({OrderStatus.PAID, OrderStatus.COMPLETED, OrderStatus.REFUNDED})
UNPAID_AND_OVER = frozenset({OrderStatus.EXPIRED, OrderStatus.CANCELLED})


class IllegalMove(Conflict):
    """The order cannot go from where it stands to where it was sent."""

    slug, title = "illegal-move", "The order is not in a state that allows this"


def check_move(present: str, wanted: str) -> None:
    """Raise IllegalMove unless an order in `present` may become `wanted`."""
    if (present, wanted) not in MOVES:
        raise IllegalMove(f"An order that is {present.replace('_', ' ')} cannot become {wanted}.", status_now=present)
