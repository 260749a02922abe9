"""What is for sale, as `orders` has heard it: the only source of prices."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypedDict
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.orders.domain.base import CURRENCY_IS_A_CODE, Base

LARGEST_PRICE = 99_999_999  # the gateway takes eight digits; DOMAIN 6


class TermsToAccept(TypedDict):
    """Words the buyer accepts before paying, as they stand in an offer."""

    key: str
    version: str
    title: dict[str, str]
    url: str
    sha256: str


class Offer(Base):
    """An offer at the newest version heard of. `price` is fen for one piece."""

    __tablename__ = "offers"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version_positive"),
        CheckConstraint(f"price BETWEEN 0 AND {LARGEST_PRICE}", name="price_in_bounds"),
        CheckConstraint("max_quantity >= 1", name="max_quantity_positive"),
        CheckConstraint(CURRENCY_IS_A_CODE, name="currency_code"),
        CheckConstraint("(buyer_kind IS NULL) = (buyer_id IS NULL)", name="buyer_whole"),
        CheckConstraint("buyer_kind IN ('person', 'organisation')", name="buyer_kind_known"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_reason IS NULL)", name="withdrawal_whole"),
        Index("ix_offers_reference", "publisher", "reference"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    publisher: Mapped[str]
    kind: Mapped[str]
    reference: Mapped[UUID]
    title: Mapped[dict[str, Any]]
    price: Mapped[int]
    currency: Mapped[str]
    max_quantity: Mapped[int]
    works: Mapped[list[Any]]
    url: Mapped[str]
    picture_url: Mapped[str]
    terms: Mapped[list[Any]]
    buyer_kind: Mapped[str | None]
    buyer_id: Mapped[UUID | None]
    requires: Mapped[list[Any]]
    covers: Mapped[list[Any]]
    published_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None]

    @property
    def is_private(self) -> bool:
        return self.buyer_id is not None

    def is_on_sale(self, now: datetime) -> bool:
        """False once it is withdrawn or its end is reached."""
        return self.withdrawn_at is None and (self.ends_at is None or now < self.ends_at)

    def may_be_bought_by(self, person_id: UUID, organisations: Iterable[UUID]) -> bool:
        """True for everybody when public, and for its one party when private."""
        if self.buyer_kind == "person":
            return self.buyer_id == person_id
        return self.buyer_kind is None or self.buyer_id in set(organisations)

    def covered(self) -> dict[UUID, int]:
        """The offers this one covers, with the exact quantity of each."""
        return {UUID(line["offer_id"]): line["quantity"] for line in self.covers}


class EarlyWithdrawal(Base):
    """A withdrawal that overtook its offer: kept so that the offer is not for sale when it comes."""

    __tablename__ = "early_withdrawals"

    offer_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    publisher: Mapped[str]
    reason: Mapped[str]
    withdrawn_at: Mapped[datetime]


def offers_among(session: Session, ids: Iterable[UUID]) -> Mapping[UUID, Offer]:
    """The offers heard of among `ids`."""
    wanted = list(ids)
    return {offer.id: offer for offer in session.scalars(select(Offer).where(Offer.id.in_(wanted)))}
