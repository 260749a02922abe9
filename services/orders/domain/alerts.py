"""What an operator must look at: kept until somebody says it is dealt with."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.orders.domain.base import Base, one_of


class AlertKind(StrEnum):
    PAYMENT_MISMATCH = "payment_mismatch"
    UNMATCHED_NOTICE = "unmatched_notice"
    PAID_LATE = "paid_late"
    PAID_TWICE = "paid_twice"
    REFUND_FAILED = "refund_failed"
    FOREIGN_REFUND = "foreign_refund"
    DISPUTE_OPENED = "dispute_opened"
    DISPUTE_LOST = "dispute_lost"


class Alert(Base):
    """`key` keeps one cause one alert, however often it is seen."""

    __tablename__ = "alerts"
    __table_args__ = (
        one_of("kind", AlertKind),
        CheckConstraint("(resolved_at IS NULL) = (resolved_by IS NULL)", name="resolution_whole"),
        Index("ix_alerts_open", "id", postgresql_where=text("resolved_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str]
    key: Mapped[str] = mapped_column(unique=True)
    order_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any]]
    raised_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[UUID | None]
