"""Why somebody has, or has not, a product: every reason, over all that was ever bought."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.catalog.domain.coverage import coverage, held_by, open_take_down
from services.catalog.domain.entitlements import Entitlement, EntitlementState
from services.catalog.domain.products import Product, ProductState
from shared.auth import Reader
from shared.problems import NotFound


@dataclass(frozen=True)
class Reason:
    """`kind` is purchase, bundle, creator, revoked, failed, taken_down or not_bought; `gives` says whether it
    opens the door. `text` is a key for the reader's own words."""

    kind: str
    gives: bool
    text: str
    at: datetime | None = None
    entitlement_id: UUID | None = None
    order_id: UUID | None = None
    order_number: str | None = None
    bundle_id: UUID | None = None
    bundle_title: dict[str, str] | None = None
    detail: str = ""


@dataclass(frozen=True)
class Access:
    """An open take-down closes every door, whatever else there is."""

    product_id: UUID
    because: list[Reason]

    @property
    def access(self) -> bool:
        closed = any(reason.kind == "taken_down" for reason in self.because)
        return not closed and any(reason.gives for reason in self.because)


def explain_access(session: Session, reader: Reader, product_id: UUID) -> Access:
    """Every reason for and against, the oldest purchase first; raises NotFound for a product that the reader can
    neither see in the shop nor has ever had to do with."""
    product = session.get(Product, product_id)
    if product is None:
        raise NotFound()
    reasons = _own(product, reader) + _bought(session, reader, product)
    take_down = open_take_down(session, product.id)
    if not reasons and product.state is not ProductState.PUBLISHED:
        raise NotFound()
    if take_down is not None:
        reasons.append(Reason("taken_down", False, "access.taken_down", at=take_down.at))
    if not reasons:
        reasons.append(Reason("not_bought", False, "access.not_bought"))
    return Access(product.id, reasons)


def _own(product: Product, reader: Reader) -> list[Reason]:
    if product.creator_id != reader.id:
        return []
    return [Reason("creator", True, "access.creator", at=product.created_at)]


def _bought(session: Session, reader: Reader, product: Product) -> list[Reason]:
    mine = held_by(reader.id, reader.organisations)
    covered = coverage(mine)
    rows = session.execute(
        select(Entitlement, Product)
        .join(covered, covered.c.entitlement_id == Entitlement.id)
        .outerjoin(Product, Product.id == Entitlement.product_id)
        .where(covered.c.product_id == product.id)
        .order_by(Entitlement.granted_at, Entitlement.id)
    )
    return [_reason(entitlement, bought, product.id) for entitlement, bought in rows]


def _reason(entitlement: Entitlement, bought: Product | None, product_id: UUID) -> Reason:
    by_bundle = entitlement.product_id != product_id
    kinds = {
        EntitlementState.ACTIVE: "bundle" if by_bundle else "purchase",
        EntitlementState.REVOKED: "revoked",
        EntitlementState.FAILED: "failed",
    }
    kind = kinds[entitlement.state]
    title = {"zh": bought.title("zh"), "en": bought.title("en")} if bought and by_bundle else None
    return Reason(
        kind=kind,
        gives=entitlement.is_active,
        text=f"access.{kind}",
        at=entitlement.revoked_at or entitlement.granted_at,
        entitlement_id=entitlement.id,
        order_id=entitlement.order_id,
        order_number=entitlement.order_number,
        bundle_id=entitlement.product_id if by_bundle else None,
        bundle_title=title,
        detail="" if entitlement.is_active else entitlement.reason,
    )
