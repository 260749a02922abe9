"""What is kept of everything that happened to an order: its moves, and a timeline in kinds a page can word."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.orders.domain.actors import ActorKind
from services.orders.domain.base import Base, one_of
from services.orders.domain.lifecycle import MOVES

LEGAL = ", ".join(f"('{present}', '{wanted}')" for present, wanted in sorted(MOVES))


class Happened(StrEnum):
    """The kinds of a timeline; `data` of each is in the README."""

    PLACED = "placed"
    PAYMENT_STARTED = "payment_started"
    PAYMENT_PROCESSING = "payment_processing"
    PAYMENT_FAILED = "payment_failed"
    PAYMENT_CLOSED = "payment_closed"
    PAID = "paid"
    PAID_LATE = "paid_late"
    PAID_TWICE = "paid_twice"
    PAYMENT_MISMATCH = "payment_mismatch"
    CLOSING = "closing"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    LINE_DELIVERED = "line_delivered"
    LINE_FAILED = "line_failed"
    COMPLETED = "completed"
    REFUND_STARTED = "refund_started"
    REFUNDED = "refunded"
    REFUND_FAILED = "refund_failed"
    DISPUTED = "disputed"
    DISPUTE_CLOSED = "dispute_closed"
    BUYER_ERASED = "buyer_erased"


OPERATORS_ONLY = frozenset({Happened.PAYMENT_MISMATCH, Happened.REFUND_FAILED, Happened.BUYER_ERASED})


class TimelineEntry(Base):
    """One thing that happened, told to the customer unless it is for operators only."""

    __tablename__ = "timeline"
    __table_args__ = (
        one_of("kind", Happened),
        one_of("actor_kind", ActorKind),
        Index("ix_timeline_order_id", "order_id", "position"),
    )

    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    data: Mapped[dict[str, Any]]


class Transition(Base):
    """One move of an order: written once, never changed."""

    __tablename__ = "order_transitions"
    __table_args__ = (
        CheckConstraint(f"(from_status, to_status) IN ({LEGAL})", name="legal"),
        one_of("actor_kind", ActorKind),
        Index("ix_order_transitions_order_id", "order_id", "position"),
    )

    position: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    at: Mapped[datetime]
    from_status: Mapped[str]
    to_status: Mapped[str]
    actor_kind: Mapped[str]
    actor_id: Mapped[UUID | None]
    reason: Mapped[str]
