"""An operator has a failed refund tried anew, once its cause is out of the way."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.orders.domain.access import lock_refund
from services.orders.domain.actors import Actor
from services.orders.domain.orders import Order
from services.orders.domain.refunds import Refund, RefundOrigin, RefundStatus
from services.orders.usecases.refund_order import reserve_refund
from shared.problems import Conflict, NotFound


class RefundNotFailed(Conflict):
    slug, title = "refund-not-failed", "Only a refund that failed is tried anew"


def repeat_refund(session: Session, refund_id: UUID, operator: Actor, now: datetime) -> tuple[Order, Refund]:
    """A new refund of the same amounts, with a key of its own: the old one is settled and stays as it is.

    Raises NotFound, RefundNotFailed (409), RefundTooLarge (422) when the money went back in another way.
    """
    found = lock_refund(session, refund_id)
    if found is None:
        raise NotFound()
    order, failed = found
    if failed.status != RefundStatus.FAILED:
        raise RefundNotFailed()
    refund = reserve_refund(
        session,
        order,
        failed.payment,
        {part.line_id: part.amount for part in failed.lines},
        origin=RefundOrigin(failed.origin),
        actor=operator,
        now=now,
        reason=failed.reason,
        note=failed.note,
        revoke_access=failed.revoke_access,
    )
    return order, refund
