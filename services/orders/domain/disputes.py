"""Disputes: the buyer's bank takes the money back. A lost one is money refunded without asking anyone."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.orders.domain.base import Base

LOST, WON = "lost", "won"
OVER = frozenset({LOST, WON, "warning_closed", "prevented"})


class Dispute(Base):
    """`status` is the gateway's own word; `amount` is fen; `booked` of it are counted as refunded."""

    __tablename__ = "disputes"
    __table_args__ = (
        CheckConstraint("amount >= 0 AND booked >= 0 AND booked <= amount", name="amounts_in_bounds"),
        CheckConstraint("booked = 0 OR status = 'lost'", name="booked_only_lost"),
        Index("ix_disputes_order_id", "order_id"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"))
    amount: Mapped[int]
    reason: Mapped[str]
    status: Mapped[str]
    evidence_due_at: Mapped[datetime | None]
    booked: Mapped[int]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]

    @property
    def is_over(self) -> bool:
        return self.status in OVER
