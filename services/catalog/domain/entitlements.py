"""Who owns what, since when, and why: one entitlement for each order line that sold a product of ours."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.catalog.domain.base import Base, choice
from services.catalog.domain.products import Product
from services.catalog.domain.states import Moves
from shared.ids import new_id


class EntitlementState(StrEnum):
    """`failed`: the line was paid but could not be delivered; nothing was ever granted."""

    ACTIVE = "active"
    REVOKED = "revoked"
    FAILED = "failed"


MOVES: Moves[EntitlementState] = Moves(
    {
        EntitlementState.ACTIVE: frozenset({EntitlementState.REVOKED}),
        EntitlementState.REVOKED: frozenset({EntitlementState.ACTIVE}),
    }
)


class Act(StrEnum):
    """What can happen to an entitlement."""

    GRANTED = "granted"
    FAILED = "failed"
    REVOKED = "revoked"
    RESTORED = "restored"
    LIMIT_RESET = "limit_reset"


class Entitlement(Base):
    """`order_version` is the newest state of the order seen, `taken_back` what it said of the line; `earned` and
    `give_back` are the line's fen so far.

    One for a bundle covers the bundle's parts, now and as they change.
    """

    __tablename__ = "entitlements"
    __table_args__ = (
        CheckConstraint("earned >= 0 AND give_back >= 0 AND earned + give_back <= amount", name="money"),
        CheckConstraint("(state = 'revoked') = (revoked_at IS NOT NULL)", name="revoked_since"),
        Index("ix_entitlements_buyer_id_granted_at", "buyer_id", "granted_at", "id"),
        Index(
            "ix_entitlements_organisation_id",
            "organisation_id",
            postgresql_where=text("organisation_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    line_id: Mapped[UUID] = mapped_column(unique=True)
    order_id: Mapped[UUID] = mapped_column(index=True)
    order_number: Mapped[str]
    order_version: Mapped[int]
    product_id: Mapped[UUID] = mapped_column(index=True)
    offer_id: Mapped[UUID]
    buyer_id: Mapped[UUID]
    organisation_id: Mapped[UUID | None]
    amount: Mapped[int]
    currency: Mapped[str]
    terms: Mapped[list[Any]] = mapped_column(default=list)
    state: Mapped[EntitlementState] = mapped_column(choice(EntitlementState, "state"))
    reason: Mapped[str] = mapped_column(default="")
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    taken_back: Mapped[bool] = mapped_column(default=False)
    delivery_version: Mapped[int] = mapped_column(default=0)
    earned: Mapped[int] = mapped_column(default=0)
    give_back: Mapped[int] = mapped_column(default=0)

    history: Mapped[list["EntitlementChange"]] = relationship(order_by="EntitlementChange.id")
    product: Mapped[Product | None] = relationship(
        primaryjoin="foreign(Entitlement.product_id) == Product.id", viewonly=True
    )

    @property
    def is_active(self) -> bool:
        return self.state is EntitlementState.ACTIVE

    def revoke(self, reason: str, at: datetime, by: UUID | None = None) -> None:
        """Take the product back and write down why; raises MoveRefused."""
        MOVES.check(self.state, EntitlementState.REVOKED)
        self.state, self.reason, self.revoked_at = EntitlementState.REVOKED, reason, at
        self.note(Act.REVOKED, reason, at, by)

    def restore(self, reason: str, at: datetime, by: UUID) -> None:
        """Give the product again; only a person decides that. Raises MoveRefused."""
        MOVES.check(self.state, EntitlementState.ACTIVE)
        self.state, self.reason, self.revoked_at = EntitlementState.ACTIVE, reason, None
        self.note(Act.RESTORED, reason, at, by)

    def note(self, act: Act, reason: str, at: datetime, by: UUID | None = None, **facts: Any) -> None:
        """Add to the history, which is never changed or shortened (a trigger refuses it)."""
        change = EntitlementChange(
            entitlement_id=self.id, at=at, act=act, actor_id=by, reason=reason, order_version=self.order_version
        )
        change.facts = facts
        self.history.append(change)


class EntitlementChange(Base):
    """One act; `actor_id` is None where an event of the order decided."""

    __tablename__ = "entitlement_changes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    entitlement_id: Mapped[UUID] = mapped_column(ForeignKey("entitlements.id"), index=True)
    at: Mapped[datetime]
    act: Mapped[Act] = mapped_column(choice(Act, "act"))
    actor_id: Mapped[UUID | None]
    reason: Mapped[str]
    order_version: Mapped[int]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)


class TakeDown(Base):
    """A product taken down as infringing: nothing of it is delivered while one is open, not even to owners."""

    __tablename__ = "take_downs"
    __table_args__ = (
        Index("uq_take_downs_open", "product_id", unique=True, postgresql_where=text("lifted_at IS NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"))
    at: Mapped[datetime]
    actor_id: Mapped[UUID]
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")
    lifted_at: Mapped[datetime | None]
    lifted_by: Mapped[UUID | None]
    lifted_note: Mapped[str] = mapped_column(default="")
