"""Carts: what somebody means to buy, priced from our own copy of the offers and from nothing else."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.orders.domain.base import Base
from services.orders.domain.coverage import uncovered
from services.orders.domain.offers import Offer
from shared.money import CNY


class CartLine(Base):
    """One offer in somebody's cart; `owner_id` is a person or a guest, the subject of their token."""

    __tablename__ = "cart_lines"
    __table_args__ = (
        CheckConstraint("quantity >= 1", name="quantity_positive"),
        Index("ix_cart_lines_changed_at", "changed_at"),
    )

    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    offer_id: Mapped[UUID] = mapped_column(primary_key=True)
    quantity: Mapped[int]
    added_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class LineProblem(StrEnum):
    """Why a line of a cart cannot be bought as it stands."""

    UNKNOWN = "unknown"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"
    TOO_MANY = "too_many"
    ALREADY_BOUGHT = "already_bought"
    IN_OPEN_ORDER = "in_open_order"


@dataclass(frozen=True)
class PricedLine:
    """A line as it is shown; money in fen. `missing` names the kinds that must still cover it."""

    offer_id: UUID
    offer: Offer | None
    quantity: int
    problem: LineProblem | None
    missing: Sequence[str] = ()

    @property
    def amount(self) -> int:
        return self.offer.price * self.quantity if self.offer else 0

    @property
    def available(self) -> bool:
        return self.problem is None


@dataclass(frozen=True)
class Cart:
    """The whole cart; `total` and `fingerprint` speak of the lines that can be bought."""

    lines: Sequence[PricedLine]

    @property
    def total(self) -> int:
        return sum(line.amount for line in self.lines if line.available)

    @property
    def currency(self) -> str:
        return next((line.offer.currency for line in self.lines if line.available and line.offer), CNY)

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(
            (line.offer, line.quantity) for line in self.lines if line.available and line.offer is not None
        )


def fingerprint_of(lines: Iterable[tuple[Offer, int]]) -> str:
    """A hash over offers, versions and quantities: the same as long as nothing the buyer was shown has changed."""
    entries = sorted(f"{offer.id}:{offer.version}:{quantity}" for offer, quantity in lines)
    return hashlib.sha256("\n".join(entries).encode()).hexdigest()


def price_cart(
    wanted: Sequence[tuple[UUID, int]],
    offers: Mapping[UUID, Offer],
    held: Mapping[UUID, LineProblem],
    now: datetime,
) -> Cart:
    """Price `wanted` offers and quantities; `offers` are what its owner may see, `held` what they have."""
    problems = {offer_id: _problem(offers.get(offer_id), count, held, now) for offer_id, count in wanted}
    sellable = [(offers[offer_id], count) for offer_id, count in wanted if problems[offer_id] is None]
    missing = [gap for gap in uncovered(sellable) if gap.kind]
    return Cart(
        [
            PricedLine(
                offer_id,
                offers.get(offer_id),
                quantity,
                problems[offer_id],
                [gap.kind for gap in missing if gap.offer_id == offer_id and gap.kind],
            )
            for offer_id, quantity in wanted
        ]
    )


def _problem(offer: Offer | None, quantity: int, held: Mapping[UUID, LineProblem], now: datetime) -> LineProblem | None:
    if offer is None:
        return LineProblem.UNKNOWN
    if offer.withdrawn_at is not None:
        return LineProblem.WITHDRAWN
    if not offer.is_on_sale(now):
        return LineProblem.ENDED
    if offer.id in held:
        return held[offer.id]
    return LineProblem.TOO_MANY if quantity > offer.max_quantity else None
