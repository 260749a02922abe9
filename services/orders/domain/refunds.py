"""Refunds by line and amount: reserved before the gateway is asked, so that two can never exceed what was paid.

reserved -> asked -> succeeded -> failed (the bank sent it back)
     \\-> failed \\-> failed (frees what was reserved)
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.orders.domain.actors import Actor, ActorKind
from services.orders.domain.base import Base, one_of
from services.orders.domain.lifecycle import IllegalMove
from services.orders.domain.lines import OrderLine
from services.orders.domain.payments import Payment
from shared.ids import new_id
from shared.problems import Invalid

FIRST_CHECK = timedelta(minutes=1)
LONGEST_BETWEEN_CHECKS = timedelta(hours=1)


class RefundStatus(StrEnum):
    RESERVED = "reserved"
    ASKED = "asked"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class RefundOrigin(StrEnum):
    """Who wanted it: an operator, a publisher that could not deliver, we ourselves for money that came late or
    twice, a lost dispute (the bank took it; nobody is asked), or somebody in the gateway's own dashboard."""

    OPERATOR = "operator"
    DELIVERY = "delivery"
    SURPLUS = "surplus"
    DISPUTE = "dispute"
    GATEWAY = "gateway"


class RefundTooLarge(Invalid):
    slug, title = "refund-too-large", "More than what is left of the payment cannot be refunded"


class RefundLine(Base):
    __tablename__ = "refund_lines"
    __table_args__ = (CheckConstraint("amount > 0", name="amount_positive"),)

    refund_id: Mapped[UUID] = mapped_column(ForeignKey("refunds.id"), primary_key=True)
    line_id: Mapped[UUID] = mapped_column(ForeignKey("order_lines.id"), primary_key=True)
    amount: Mapped[int]

    line: Mapped[OrderLine] = relationship(lazy="joined")


class Refund(Base):
    """Money in fen. Its id is the gateway's idempotency key on every try."""

    __tablename__ = "refunds"
    __table_args__ = (
        one_of("status", RefundStatus),
        one_of("origin", RefundOrigin),
        one_of("actor_kind", ActorKind),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint("(settled_at IS NOT NULL) = (status IN ('succeeded', 'failed'))", name="settled_has_time"),
        Index("ix_refunds_order_id", "order_id"),
        Index("ix_refunds_payment_id", "payment_id"),
        Index("ix_refunds_next_check_at", "next_check_at", postgresql_where=text("status IN ('reserved', 'asked')")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"))
    origin: Mapped[str]
    status: Mapped[str]
    amount: Mapped[int]
    reason: Mapped[str]
    note: Mapped[str]
    revoke_access: Mapped[bool]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    gateway_id: Mapped[str | None] = mapped_column(unique=True)
    failure: Mapped[str]
    created_at: Mapped[datetime]
    asked_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    checks: Mapped[int]
    next_check_at: Mapped[datetime]

    payment: Mapped[Payment] = relationship(lazy="joined", innerjoin=True)
    lines: Mapped[list[RefundLine]] = relationship(lazy="selectin")

    @property
    def is_settled(self) -> bool:
        return self.status in (RefundStatus.SUCCEEDED, RefundStatus.FAILED)

    def ask(self, now: datetime) -> None:
        """From here on the gateway may have it. Raises IllegalMove once it is settled."""
        if self.is_settled:
            raise IllegalMove(f"A refund that has {self.status} is not asked for again.")
        self.status, self.asked_at = RefundStatus.ASKED, self.asked_at or now

    def succeed(self, now: datetime) -> None:
        """What was reserved is given back. Raises IllegalMove once it is settled."""
        if self.is_settled:
            raise IllegalMove(f"A refund that has {self.status} cannot succeed.")
        self.status, self.settled_at = RefundStatus.SUCCEEDED, now
        self.payment.reserved -= self.amount
        self.payment.refunded += self.amount
        for part in self.lines:
            part.line.reserved -= part.amount
            part.line.refunded += part.amount
            part.line.revoked = part.line.revoked or self.revoke_access

    def fail(self, failure: str, now: datetime) -> None:
        """Free what was reserved; when it had succeeded before, the money came back to us and counts as not
        refunded. Raises IllegalMove when it had failed already."""
        if self.status == RefundStatus.FAILED:
            raise IllegalMove("This refund has failed before.")
        had_succeeded = self.status == RefundStatus.SUCCEEDED
        self.status, self.failure, self.settled_at = RefundStatus.FAILED, failure, now
        column = "refunded" if had_succeeded else "reserved"
        for holder, amount in [(self.payment, self.amount), *((part.line, part.amount) for part in self.lines)]:
            setattr(holder, column, getattr(holder, column) - amount)

    def plan_next_check(self, now: datetime) -> None:
        """Ask the gateway again after 1, 2, 4 ... and then every 60 minutes: wallets refund slowly."""
        self.next_check_at = now + min(FIRST_CHECK * 2 ** min(self.checks, 10), LONGEST_BETWEEN_CHECKS)
        self.checks += 1


def reserve(
    payment: Payment,
    amounts: Mapping[UUID, int],
    lines: Mapping[UUID, OrderLine],
    *,
    origin: RefundOrigin,
    actor: Actor,
    now: datetime,
    reason: str = "",
    note: str = "",
    revoke_access: bool = False,
) -> Refund:
    """Reserve `amounts` (fen by line id; a payment no order needs has none and goes back whole).

    Raises RefundTooLarge when a line or the payment has less left. The caller holds the order's row lock, and
    CHECKs on both rows stand behind it.
    """
    for line_id, amount in amounts.items():
        if not 0 < amount <= lines[line_id].refundable:
            raise RefundTooLarge(line_id=str(line_id), left=lines[line_id].refundable)
    total = sum(amounts.values()) if amounts else payment.refundable
    if not 0 < total <= payment.refundable:
        raise RefundTooLarge(left=payment.refundable)
    payment.reserved += total
    for line_id, amount in amounts.items():
        lines[line_id].reserved += amount
    return Refund(
        id=new_id(),
        order_id=payment.order_id,
        payment_id=payment.id,
        payment=payment,
        origin=origin,
        status=RefundStatus.RESERVED,
        amount=total,
        reason=reason,
        note=note,
        revoke_access=revoke_access,
        actor_kind=actor.kind,
        actor_id=actor.id,
        failure="",
        created_at=now,
        checks=0,
        next_check_at=now + FIRST_CHECK,
        lines=[RefundLine(line_id=line_id, line=lines[line_id], amount=amount) for line_id, amount in amounts.items()],
    )
