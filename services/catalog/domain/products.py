"""A product: what a creator offers as a pack, its price, its permissions, and its way to the shelf."""

from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, composite, mapped_column, relationship

from services.catalog.domain.base import Base, choice
from services.catalog.domain.pictures import Picture, PictureState
from services.catalog.domain.states import Moves
from services.catalog.domain.versions import Version, VersionState
from shared.ids import new_id


class ProductKind(StrEnum):
    LORA = "lora"
    PROMPT_DICTIONARY = "prompt_dictionary"
    PRESETS = "presets"
    BUNDLE = "bundle"


class ProductState(StrEnum):
    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


MOVES: Moves[ProductState] = Moves(
    {
        ProductState.DRAFT: frozenset({ProductState.IN_REVIEW, ProductState.WITHDRAWN}),
        ProductState.IN_REVIEW: frozenset(
            {ProductState.PUBLISHED, ProductState.REJECTED, ProductState.DRAFT, ProductState.WITHDRAWN}
        ),
        ProductState.PUBLISHED: frozenset({ProductState.WITHDRAWN}),
        ProductState.REJECTED: frozenset({ProductState.IN_REVIEW, ProductState.WITHDRAWN}),
        ProductState.WITHDRAWN: frozenset({ProductState.IN_REVIEW}),
    }
)


@dataclass(frozen=True)
class Permissions:
    """What a buyer may do with the pack; `credit_required` is a duty, the others are rights."""

    credit_required: bool = True
    sell_images: bool = False
    commercial_use: bool = False
    derivatives: bool = False
    redistribute: bool = False

    def as_dict(self) -> dict[str, bool]:
        return asdict(self)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return tuple(field.name for field in fields(cls))


class Product(Base):
    """`price` is fen, 0 for a free pack. `base_model`, `base_family` are the current version's. `proposed` holds
    new words of a product that is on sale, until they were checked."""

    __tablename__ = "products"
    __table_args__ = (
        CheckConstraint("price >= 0", name="price_not_negative"),
        Index("ix_products_creator_id_id", "creator_id", "id"),
        Index("ix_products_state_published_at", "state", "published_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[ProductKind] = mapped_column(choice(ProductKind, "kind"))
    creator_id: Mapped[UUID]
    title_zh: Mapped[str] = mapped_column(default="")
    title_en: Mapped[str] = mapped_column(default="")
    text_zh: Mapped[str] = mapped_column(default="")
    text_en: Mapped[str] = mapped_column(default="")
    tags: Mapped[list[str]] = mapped_column(ARRAY(String), default=list)
    price: Mapped[int] = mapped_column(default=0)
    credit_required: Mapped[bool] = mapped_column(default=True)
    sell_images: Mapped[bool] = mapped_column(default=False)
    commercial_use: Mapped[bool] = mapped_column(default=False)
    derivatives: Mapped[bool] = mapped_column(default=False)
    redistribute: Mapped[bool] = mapped_column(default=False)
    base_model: Mapped[str | None]
    base_family: Mapped[str | None]
    proposed: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[ProductState] = mapped_column(choice(ProductState, "state"), default=ProductState.DRAFT)
    revision: Mapped[int] = mapped_column(default=1)
    current_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("versions.id", use_alter=True))
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    __mapper_args__ = {"version_id_col": revision}  # noqa: RUF012 (SQLAlchemy wants a plain attribute)

    permissions: Mapped[Permissions] = composite(
        credit_required, sell_images, commercial_use, derivatives, redistribute
    )
    versions: Mapped[list[Version]] = relationship(
        foreign_keys=Version.product_id, order_by=Version.number, back_populates="product"
    )
    current_version: Mapped[Version | None] = relationship(foreign_keys=current_version_id, post_update=True)
    pictures: Mapped[list[Picture]] = relationship(order_by=(Picture.position, Picture.id))
    history: Mapped[list["ProductChange"]] = relationship(order_by="ProductChange.id")
    parts: Mapped[list["BundlePart"]] = relationship(
        foreign_keys="BundlePart.bundle_id", order_by="BundlePart.position", cascade="all, delete-orphan"
    )

    @property
    def is_on_sale(self) -> bool:
        return self.state is ProductState.PUBLISHED

    @property
    def shown_pictures(self) -> list[Picture]:
        """The pictures everybody may see, the cover first."""
        return [picture for picture in self.pictures if picture.state is PictureState.READY]

    @property
    def cover(self) -> Picture | None:
        return next(iter(self.shown_pictures), None)

    @property
    def current_parts(self) -> list["BundlePart"]:
        return [part for part in self.parts if part.removed_at is None]

    def title(self, language: str) -> str:
        """The title in `language`, or in the other one where only that was given."""
        wanted, other = (self.title_zh, self.title_en) if language == "zh" else (self.title_en, self.title_zh)
        return wanted or other

    def text(self, language: str) -> str:
        """The description in `language`, or in the other one where only that was given."""
        wanted, other = (self.text_zh, self.text_en) if language == "zh" else (self.text_en, self.text_zh)
        return wanted or other

    def draft_version(self) -> Version | None:
        """The newest version that is not released yet."""
        open_states = (VersionState.DRAFT, VersionState.REJECTED)
        return next((one for one in reversed(self.versions) if one.state in open_states), None)

    def move(self, to: ProductState, *, by: UUID | None, reason: str, at: datetime, note: str = "") -> None:
        """Change the state and write down who did it and why; raises MoveRefused."""
        MOVES.check(self.state, to)
        change = ProductChange(
            product_id=self.id, at=at, actor_id=by, before=self.state, after=to, reason=reason, note=note
        )
        self.history.append(change)
        self.state, self.updated_at = to, at
        if to is ProductState.PUBLISHED:
            self.published_at, self.withdrawn_at = self.published_at or at, None
        if to is ProductState.WITHDRAWN:
            self.withdrawn_at = at


class ProductChange(Base):
    """One move of a product; `actor_id` is None where a rule of the shop decided."""

    __tablename__ = "product_changes"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"), index=True)
    at: Mapped[datetime]
    actor_id: Mapped[UUID | None]
    before: Mapped[ProductState] = mapped_column(choice(ProductState, "before"))
    after: Mapped[ProductState] = mapped_column(choice(ProductState, "after"))
    reason: Mapped[str]
    note: Mapped[str] = mapped_column(default="")


class BundlePart(Base):
    """A product in a bundle. A part taken out stays with those who bought the bundle before `removed_at`."""

    __tablename__ = "bundle_parts"
    __table_args__ = (CheckConstraint("bundle_id <> product_id", name="not_itself"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    bundle_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"), index=True)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    added_at: Mapped[datetime]
    removed_at: Mapped[datetime | None]

    product: Mapped[Product] = relationship(foreign_keys=product_id)
