"""A payment: one try to pay an order, which is one Checkout Session at the gateway.

wanted -> open -> processing -> captured
     \\       \\-> closed       \\-> failed
"""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.orders.domain.base import CURRENCY_IS_A_CODE, Base, one_of
from services.orders.domain.lifecycle import IllegalMove


class PaymentStatus(StrEnum):
    WANTED = "wanted"
    OPEN = "open"
    PROCESSING = "processing"
    CAPTURED = "captured"
    CLOSED = "closed"
    FAILED = "failed"


ACTIVE = frozenset({PaymentStatus.WANTED, PaymentStatus.OPEN, PaymentStatus.PROCESSING})
# What was closed or failed may still turn out to be paid: the gateway's word is the last.
MOVES: dict[str, frozenset[PaymentStatus]] = {
    PaymentStatus.WANTED: frozenset(PaymentStatus) - {PaymentStatus.WANTED},
    PaymentStatus.OPEN: frozenset(PaymentStatus) - {PaymentStatus.WANTED, PaymentStatus.OPEN},
    PaymentStatus.PROCESSING: frozenset({PaymentStatus.CAPTURED, PaymentStatus.FAILED, PaymentStatus.CLOSED}),
    PaymentStatus.CLOSED: frozenset({PaymentStatus.CAPTURED}),
    PaymentStatus.FAILED: frozenset({PaymentStatus.CAPTURED}),
    PaymentStatus.CAPTURED: frozenset(),
}
FIRST_CHECK = timedelta(minutes=1)
LONGEST_BETWEEN_CHECKS = timedelta(minutes=15)
ACTIVE_SQL = "status IN ('wanted', 'open', 'processing')"


class Payment(Base):
    """Money in fen. `settles` is true for the one captured payment the order was paid with; any other captured
    payment came late or twice and goes back whole."""

    __tablename__ = "payments"
    __table_args__ = (
        one_of("status", PaymentStatus),
        CheckConstraint("amount > 0", name="amount_positive"),
        CheckConstraint(CURRENCY_IS_A_CODE, name="currency_code"),
        CheckConstraint("captured IN (0, amount)", name="captured_whole"),
        CheckConstraint("(status = 'captured') = (captured > 0)", name="captured_has_amount"),
        CheckConstraint("captured = 0 OR intent_id IS NOT NULL", name="captured_has_intent"),
        CheckConstraint("NOT settles OR captured > 0", name="settles_only_captured"),
        CheckConstraint("refunded >= 0 AND reserved >= 0", name="refunds_not_negative"),
        CheckConstraint("refunded + reserved <= captured", name="refunds_within_captured"),
        UniqueConstraint("order_id", "attempt"),
        Index("uq_payments_active", "order_id", unique=True, postgresql_where=text(ACTIVE_SQL)),
        Index("uq_payments_settling", "order_id", unique=True, postgresql_where=text("settles")),
        Index("ix_payments_next_check_at", "next_check_at", postgresql_where=text(ACTIVE_SQL)),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    attempt: Mapped[int]
    status: Mapped[str]
    amount: Mapped[int]
    currency: Mapped[str]
    livemode: Mapped[bool]
    session_id: Mapped[str | None] = mapped_column(unique=True)
    intent_id: Mapped[str | None] = mapped_column(unique=True)
    charge_id: Mapped[str | None]
    method: Mapped[str]
    checkout_url: Mapped[str]
    language: Mapped[str]
    return_path: Mapped[str]
    created_at: Mapped[datetime]
    session_expires_at: Mapped[datetime]
    captured_at: Mapped[datetime | None]
    captured: Mapped[int]
    refunded: Mapped[int]
    reserved: Mapped[int]
    fee: Mapped[int | None]
    settles: Mapped[bool]
    checks: Mapped[int]
    next_check_at: Mapped[datetime]

    @property
    def is_active(self) -> bool:
        return self.status in ACTIVE

    @property
    def gateway_key(self) -> str:
        """The gateway's idempotency key: the order and the number of the try, the same on every path."""
        return f"order-{self.order_id}-{self.attempt}"

    @property
    def refundable(self) -> int:
        return self.captured - self.refunded - self.reserved

    def move(self, wanted: PaymentStatus) -> bool:
        """Take a new status; False when it stands there already. Raises IllegalMove for any other move."""
        if self.status == wanted:
            return False
        if wanted not in MOVES[self.status]:
            raise IllegalMove(f"A payment that is {self.status} cannot become {wanted}.")
        self.status = wanted
        return True

    def capture(self, now: datetime, *, settles: bool) -> None:
        """All of it has come. Raises IllegalMove when it had come before."""
        if not self.move(PaymentStatus.CAPTURED):
            raise IllegalMove("This payment was captured before.")
        self.captured, self.captured_at, self.settles = self.amount, now, settles

    def plan_next_check(self, now: datetime) -> None:
        """Ask the gateway again after 1, 2, 4, 8 and then every 15 minutes."""
        self.next_check_at = now + min(FIRST_CHECK * 2 ** min(self.checks, 10), LONGEST_BETWEEN_CHECKS)
        self.checks += 1
