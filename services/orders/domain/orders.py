"""An order: lines frozen at their price, a status that only moves along its graph, a timeline of what happened."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.orders.domain.actors import SYSTEM, Actor, ActorKind
from services.orders.domain.base import CURRENCY_IS_A_CODE, Base, one_of
from services.orders.domain.history import Happened, TimelineEntry, Transition
from services.orders.domain.lifecycle import PAID_ONCE, START, IllegalMove, OrderStatus, check_move
from services.orders.domain.lines import LineDelivery, OrderLine, total_paid, total_refunded
from services.orders.domain.numbers import order_number
from shared.ids import new_id


class Order(Base):
    """`total` is fen. `closing` is the end (expired or cancelled) it goes to while the gateway is asked."""

    __tablename__ = "orders"
    __table_args__ = (
        one_of("status", OrderStatus),
        CheckConstraint("version >= 0", name="version_not_negative"),
        CheckConstraint("total >= 0", name="total_not_negative"),
        CheckConstraint(CURRENCY_IS_A_CODE, name="currency_code"),
        CheckConstraint("closing IN ('expired', 'cancelled')", name="closing_known"),
        CheckConstraint("closing IS NULL OR status = 'awaiting_payment'", name="closing_only_unpaid"),
        CheckConstraint("closing IS NULL OR closing_by IS NOT NULL", name="closing_has_actor"),
        CheckConstraint("(paid_at IS NOT NULL) = (status IN ('paid', 'completed', 'refunded'))", name="paid_has_time"),
        CheckConstraint("status <> 'completed' OR completed_at IS NOT NULL", name="completed_has_time"),
        Index("ix_orders_buyer_id", "buyer_id", "id"),
        Index(
            "ix_orders_organisation_id",
            "organisation_id",
            "id",
            postgresql_where=text("organisation_id IS NOT NULL"),
        ),
        Index("ix_orders_placed_at", "placed_at"),
        Index("ix_orders_open", "expires_at", postgresql_where=text("status = 'awaiting_payment'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    version: Mapped[int]
    status: Mapped[str]
    buyer_id: Mapped[UUID]
    organisation_id: Mapped[UUID | None]
    currency: Mapped[str]
    total: Mapped[int]
    fingerprint: Mapped[str]
    livemode: Mapped[bool]
    placed_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    closing: Mapped[str | None]
    closing_reason: Mapped[str]
    closing_by: Mapped[str | None]
    closing_by_id: Mapped[UUID | None]
    paid_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    lines: Mapped[list[OrderLine]] = relationship(order_by=OrderLine.position, lazy="selectin")
    timeline: Mapped[list[TimelineEntry]] = relationship(order_by=TimelineEntry.position)
    transitions: Mapped[list[Transition]] = relationship(order_by=Transition.position)

    @property
    def holder_id(self) -> UUID:
        """The party the order is for: the organisation when it buys, the person otherwise."""
        return self.organisation_id or self.buyer_id

    @property
    def is_open(self) -> bool:
        return self.status == OrderStatus.AWAITING_PAYMENT

    @property
    def was_paid(self) -> bool:
        return self.status in PAID_ONCE

    def line(self, line_id: UUID) -> OrderLine | None:
        return next((line for line in self.lines if line.id == line_id), None)

    def note(self, kind: Happened, actor: Actor, now: datetime, **data: Any) -> None:
        """Add an entry to the timeline; `data` is JSON, money in fen."""
        self.timeline.append(TimelineEntry(at=now, kind=kind, actor_kind=actor.kind, actor_id=actor.id, data=data))

    def pay(self, actor: Actor, now: datetime, *, livemode: bool = False, **data: Any) -> None:
        """Every line is paid in full; what was closing is not any more. Raises IllegalMove unless it was open."""
        self._move(OrderStatus.PAID, actor, now)
        self.stay_open()
        self.paid_at = now
        self.livemode = livemode
        for line in self.lines:
            line.paid = line.amount
        self.note(Happened.PAID, actor, now, amount=self.total, **data)

    def close(self, end: OrderStatus, actor: Actor, reason: str) -> None:
        """Be on the way to `end` (expired or cancelled) for `actor`; raises IllegalMove unless it is open."""
        check_move(self.status, end)
        self.closing, self.closing_reason = end, reason
        self.closing_by, self.closing_by_id = actor.kind, actor.id

    def stay_open(self) -> None:
        """Not be on the way to an end any more: money is coming after all."""
        self.closing = self.closing_by = self.closing_by_id = None
        self.closing_reason = ""

    def end_unpaid(self, now: datetime) -> None:
        """Become what it was closing to, and let go of what it held. Raises IllegalMove unless it was open."""
        if self.closing is None or self.closing_by is None:
            raise IllegalMove("An order is closed before it ends.")
        end, reason = OrderStatus(self.closing), self.closing_reason
        actor = Actor(ActorKind(self.closing_by), self.closing_by_id)
        self.stay_open()
        self._move(end, actor, now, reason)
        self.ended_at = now
        for line in self.lines:
            line.hold_key = None
        self.note(Happened(end.value), actor, now, reason=reason)

    def complete_if_delivered(self, now: datetime) -> bool:
        """Complete a paid order none of whose lines waits any more; one that is given back in whole is refunded
        instead. True when it moved."""
        settled = all(line.delivery != LineDelivery.WAITING for line in self.lines)
        if self.status != OrderStatus.PAID or not settled:
            return False
        if all(line.delivery == LineDelivery.FAILED for line in self.lines) and not self._keeps_any_money():
            return self.total == 0 and self._end_refunded(now)
        self._move(OrderStatus.COMPLETED, SYSTEM, now)
        self.completed_at = now
        self.note(Happened.COMPLETED, SYSTEM, now)
        return True

    def end_if_refunded(self, now: datetime) -> bool:
        """Move to refunded once all that was paid went back. True when it moved."""
        for line in self.lines:
            if line.is_fully_refunded:
                line.hold_key = None
        paid = total_paid(self.lines)
        if self.status not in (OrderStatus.PAID, OrderStatus.COMPLETED) or total_refunded(self.lines) < paid:
            return False
        return paid > 0 and self._end_refunded(now)

    def _keeps_any_money(self) -> bool:
        return sum(line.give_back for line in self.lines) < total_paid(self.lines)

    def _end_refunded(self, now: datetime) -> bool:
        self._move(OrderStatus.REFUNDED, SYSTEM, now)
        self.ended_at = now
        for line in self.lines:
            line.hold_key = None
        return True

    def _move(self, wanted: OrderStatus, actor: Actor, now: datetime, reason: str = "") -> None:
        check_move(self.status, wanted)
        self.transitions.append(_transition(self.status, wanted, actor, now, reason))
        self.status = wanted


def place(
    lines: Sequence[OrderLine],
    *,
    buyer: Actor,
    buyer_id: UUID,
    organisation_id: UUID | None,
    fingerprint: str,
    currency: str,
    now: datetime,
    expires_at: datetime,
) -> Order:
    """A new order that awaits its payment. Its total is the sum of its lines."""
    status = OrderStatus.AWAITING_PAYMENT
    check_move(START, status)
    order = Order(
        id=new_id(),
        number=order_number(now),
        version=0,
        status=status,
        buyer_id=buyer_id,
        organisation_id=organisation_id,
        currency=currency,
        total=sum(line.amount for line in lines),
        fingerprint=fingerprint,
        livemode=False,
        placed_at=now,
        expires_at=expires_at,
        closing_reason="",
        lines=list(lines),
    )
    order.transitions.append(_transition(START, status, buyer, now, ""))
    order.note(Happened.PLACED, buyer, now, total=order.total)
    return order


def _transition(present: str, wanted: str, actor: Actor, now: datetime, reason: str) -> Transition:
    return Transition(
        at=now, from_status=present, to_status=wanted, actor_kind=actor.kind, actor_id=actor.id, reason=reason
    )
