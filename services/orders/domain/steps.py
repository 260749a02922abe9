"""The step line of an order: placed, paid, delivered, which one is present, whose turn it is and by when."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from services.orders.domain.lifecycle import UNPAID_AND_OVER, OrderStatus
from services.orders.domain.orders import Order


class StepState(StrEnum):
    DONE = "done"
    PRESENT = "present"
    TO_COME = "to_come"
    STOPPED = "stopped"
    UNDONE = "undone"


@dataclass(frozen=True)
class Step:
    """`turn` (buyer, gateway or seller) and `by` are set on the present step alone."""

    name: str
    state: StepState
    at: datetime | None = None
    turn: str | None = None
    by: datetime | None = None


def steps_of(order: Order, *, payment_is_processing: bool = False) -> list[Step]:
    """The three steps of an order; `payment_is_processing` says that the buyer's money is on its way."""
    placed = Step("placed", StepState.DONE, order.placed_at)
    if order.status == OrderStatus.AWAITING_PAYMENT:
        waits = payment_is_processing or order.closing is not None
        paying = Step(
            "paid",
            StepState.PRESENT,
            turn="gateway" if waits else "buyer",
            by=None if waits else order.expires_at,
        )
        return [placed, paying, Step("delivered", StepState.TO_COME)]
    if order.status in UNPAID_AND_OVER:
        stopped = Step("paid", StepState.STOPPED, order.ended_at)
        return [placed, stopped, Step("delivered", StepState.STOPPED, order.ended_at)]
    paid = Step("paid", StepState.DONE, order.paid_at)
    if order.status == OrderStatus.PAID:
        return [placed, paid, Step("delivered", StepState.PRESENT, turn="seller")]
    if order.status == OrderStatus.COMPLETED:
        return [placed, paid, Step("delivered", StepState.DONE, order.completed_at)]
    return [
        placed,
        Step("paid", StepState.UNDONE, order.ended_at),
        Step("delivered", StepState.UNDONE, order.ended_at),
    ]
