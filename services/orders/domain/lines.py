"""A line of an order: a frozen picture of the offer at the moment of the order, and the line's money so far."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.orders.domain.base import Base, one_of
from services.orders.domain.offers import LARGEST_PRICE, Offer
from shared.ids import new_id


class LineDelivery(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"


class OrderLine(Base):
    """Money in fen. `reserved` is promised to a refund the gateway has not yet done."""

    __tablename__ = "order_lines"
    __table_args__ = (
        CheckConstraint(f"price BETWEEN 0 AND {LARGEST_PRICE}", name="price_in_bounds"),
        CheckConstraint("quantity >= 1", name="quantity_positive"),
        CheckConstraint("discount >= 0", name="discount_not_negative"),
        CheckConstraint("amount >= 0 AND amount = price * quantity - discount", name="amount_adds_up"),
        CheckConstraint("paid IN (0, amount)", name="paid_whole"),
        CheckConstraint("fee >= 0", name="fee_not_negative"),
        CheckConstraint("refunded >= 0 AND reserved >= 0", name="refunds_not_negative"),
        CheckConstraint("refunded + reserved <= paid", name="refunds_within_paid"),
        CheckConstraint("earned >= 0 AND give_back >= 0 AND earned + give_back <= paid", name="delivery_within_paid"),
        one_of("delivery", LineDelivery),
        UniqueConstraint("order_id", "offer_id"),
        UniqueConstraint("order_id", "position"),
        # One open or paid order holds a private offer, and a buyer holds what is sold once to each only once.
        Index("uq_order_lines_hold_key", "hold_key", unique=True),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"))
    position: Mapped[int]
    offer_id: Mapped[UUID]
    offer_version: Mapped[int]
    publisher: Mapped[str]
    kind: Mapped[str]
    reference: Mapped[UUID]
    title: Mapped[dict[str, Any]]
    url: Mapped[str]
    picture_url: Mapped[str]
    works: Mapped[list[Any]]
    accepted_terms: Mapped[list[Any]]
    quantity: Mapped[int]
    price: Mapped[int]
    discount: Mapped[int]
    amount: Mapped[int]
    fee: Mapped[int]
    paid: Mapped[int]
    refunded: Mapped[int]
    reserved: Mapped[int]
    earned: Mapped[int]
    give_back: Mapped[int]
    delivery: Mapped[str]
    delivery_version: Mapped[int]
    revoked: Mapped[bool]
    hold_key: Mapped[str | None]

    @property
    def refundable(self) -> int:
        """Fen that were paid and neither given back nor promised to a refund."""
        return self.paid - self.refunded - self.reserved

    @property
    def is_fully_refunded(self) -> bool:
        return self.paid > 0 and self.refunded == self.paid


def freeze(offer: Offer, quantity: int, position: int, holder_id: UUID, accepted_at: datetime) -> OrderLine:
    """A line for `quantity` of the offer as it stands now, its terms kept verbatim with the time of acceptance."""
    return OrderLine(
        id=new_id(),
        position=position,
        offer_id=offer.id,
        offer_version=offer.version,
        publisher=offer.publisher,
        kind=offer.kind,
        reference=offer.reference,
        title=offer.title,
        url=offer.url,
        picture_url=offer.picture_url,
        works=offer.works,
        accepted_terms=[dict(terms) | {"accepted_at": accepted_at.isoformat()} for terms in offer.terms],
        quantity=quantity,
        price=offer.price,
        discount=0,
        amount=offer.price * quantity,
        fee=0,
        paid=0,
        refunded=0,
        reserved=0,
        earned=0,
        give_back=0,
        delivery=LineDelivery.WAITING,
        delivery_version=0,
        revoked=False,
        hold_key=hold_key(offer, holder_id),
    )


def hold_key(offer: Offer, holder_id: UUID) -> str | None:
    """What an open or paid line of this offer holds against all others: a private offer itself, an offer of which
    each party gets one, and nothing for what can be bought again."""
    if offer.is_private:
        return str(offer.id)
    return f"{offer.id}:{holder_id}" if offer.max_quantity == 1 else None


def total_paid(lines: Sequence[OrderLine]) -> int:
    return sum(line.paid for line in lines)


def total_refunded(lines: Sequence[OrderLine]) -> int:
    return sum(line.refunded for line in lines)
