"""The search index: one narrow row for each product on the shelf, written with the product's change."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import ForeignKey, Index, SmallInteger, Text
from sqlalchemy.dialects.postgresql import ARRAY, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from services.catalog.domain.base import Base, choice
from services.catalog.domain.products import Permissions, ProductKind

# Fen up to which a price belongs to a band; the first band is what costs nothing, the last has no end.
PRICE_STEPS = (0, 1_000, 3_000, 10_000)


class Sort(StrEnum):
    NEWEST = "newest"
    BEST_SELLING = "best_selling"
    PRICE = "price"
    RELEVANCE = "relevance"


class Listing(Base):
    """`permissions` has a bit for each of `Permissions.names()`; `sales` counts paid lines not taken back."""

    __tablename__ = "listings"
    __table_args__ = (
        Index("ix_listings_newest", "published_at", "product_id"),
        Index("ix_listings_best_selling", "sales", "product_id"),
        Index("ix_listings_price", "price", "product_id"),
        Index("ix_listings_creator_id", "creator_id", "published_at", "product_id"),
        Index("ix_listings_words", "words", postgresql_using="gin"),
    )

    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"), primary_key=True)
    kind: Mapped[ProductKind] = mapped_column(choice(ProductKind, "kind"))
    creator_id: Mapped[UUID]
    price: Mapped[int]
    price_band: Mapped[int] = mapped_column(SmallInteger)
    base_models: Mapped[list[str]] = mapped_column(ARRAY(Text))
    families: Mapped[list[str]] = mapped_column(ARRAY(Text))
    permissions: Mapped[int] = mapped_column(SmallInteger)
    published_at: Mapped[datetime]
    sales: Mapped[int]
    words: Mapped[str] = mapped_column(TSVECTOR)


class KnownWord(Base):
    """A word of some listing, past or present: what a mistyped one is compared with."""

    __tablename__ = "known_words"
    __table_args__ = (
        Index("ix_known_words_word", "word", postgresql_using="gin", postgresql_ops={"word": "gin_trgm_ops"}),
    )

    word: Mapped[str] = mapped_column(Text, primary_key=True)


class ShelfState(Base):
    """One row, renewed by a trigger with every change that any facet could show; sales are no such change."""

    __tablename__ = "shelf_states"

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[UUID]


@dataclass(frozen=True)
class Filters:
    """What a visitor asked for; None or empty means anything. `permissions` must all be given."""

    kind: ProductKind | None = None
    base_model: str | None = None
    family: str | None = None
    price_max: int | None = None
    permissions: tuple[str, ...] = ()
    creator_id: UUID | None = None


@dataclass(frozen=True)
class Facets:
    """Counts by value. Each facet is counted under every filter but its own; a permission's count is what
    remains when it is asked for as well. A price step's count is of everything up to it."""

    kind: dict[str, int]
    base_model: dict[str, int]
    family: dict[str, int]
    price: dict[int, int]
    permission: dict[str, int]
    total: int


def price_band(price: int) -> int:
    """The index of the first step that `price` (fen) does not pass."""
    return next((band for band, step in enumerate(PRICE_STEPS) if price <= step), len(PRICE_STEPS))


def permission_bits(permissions: Permissions) -> int:
    """A bit for each thing the buyer may do. `credit_required` counts the other way: its bit says that no
    credit is asked, so that every bit is something a buyer may look for."""
    given = permissions.as_dict()
    return sum(1 << bit for bit, name in enumerate(Permissions.names()) if given[name] != (name in DUTIES))


DUTIES = ("credit_required",)
NO_CREDIT = "no_credit"
PERMISSION_BITS = {NO_CREDIT if name in DUTIES else name: 1 << bit for bit, name in enumerate(Permissions.names())}


def bits_for(names: tuple[str, ...]) -> int:
    """The mask of permission names a visitor may filter by."""
    return sum(PERMISSION_BITS[name] for name in set(names))


def named(bits: int) -> list[str]:
    """The permissions that a mask holds."""
    return [name for name, bit in PERMISSION_BITS.items() if bits & bit]
