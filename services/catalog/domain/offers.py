"""The offer that orders sells for a product: what was last published, and at which version."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.catalog.domain.base import Base
from shared.ids import new_id


class ProductOffer(Base):
    """`body` is the offer as last told; `version` grows with every publication and withdrawal."""

    __tablename__ = "offers"
    __table_args__ = (CheckConstraint("version >= 0", name="version_not_negative"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    product_id: Mapped[UUID] = mapped_column(ForeignKey("products.id"), unique=True)
    version: Mapped[int] = mapped_column(default=0)
    on_sale: Mapped[bool] = mapped_column(default=False)
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)
    reason: Mapped[str] = mapped_column(default="")
    changed_at: Mapped[datetime]
