"""Money taken out of a payment without lines being named is divided over what the lines have left."""

from uuid import UUID

from services.orders.domain.orders import Order
from services.orders.domain.refunds import RefundTooLarge
from shared.money import split


def divided(order: Order, amount: int) -> dict[UUID, int]:
    """`amount` fen by line id, in proportion to what each has left, no fen lost and no line overdrawn.

    Raises RefundTooLarge when the lines have less left in all.
    """
    left = [line.refundable for line in order.lines]
    if not 0 < amount <= sum(left):
        raise RefundTooLarge(left=sum(left))
    # Largest remainder never rounds a part beyond its weight while amount <= the sum of the weights.
    parts = zip(order.lines, split(amount, left), strict=True)
    return {line.id: part for line, part in parts if part}
