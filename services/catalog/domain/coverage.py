"""What an entitlement covers: its product or, for a bundle, the bundle's parts now and as they were bought."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, Subquery, and_, or_, select
from sqlalchemy.orm import Session

from services.catalog.domain.entitlements import Entitlement, TakeDown
from services.catalog.domain.files import FileState, ProductFile
from services.catalog.domain.products import BundlePart
from services.catalog.domain.versions import Version, VersionState


def held_by(person: UUID, organisations: Collection[UUID]) -> ColumnElement[bool]:
    """Entitlements of this person, and those bought for an organisation that the person belongs to."""
    bought = Entitlement.buyer_id == person
    return or_(bought, Entitlement.organisation_id.in_(organisations)) if organisations else bought


def part_is_covered() -> ColumnElement[bool]:
    """Of a bundle's parts: those in it now, and those taken out after it was bought."""
    return or_(BundlePart.removed_at.is_(None), BundlePart.removed_at > Entitlement.granted_at)


def coverage(*which: ColumnElement[bool]) -> Subquery:
    """Pairs (entitlement_id, product_id) of the entitlements that `which` names: the product bought and, of a
    bundle, every part that is covered."""
    bought = select(Entitlement.id.label("entitlement_id"), Entitlement.product_id).where(*which)
    parts = (
        select(Entitlement.id, BundlePart.product_id)
        .join(BundlePart, and_(BundlePart.bundle_id == Entitlement.product_id, part_is_covered()))
        .where(*which)
    )
    return bought.union(parts).subquery()


def version_is_covered() -> ColumnElement[bool]:
    """Versions a buyer may fetch: the released ones, also those that came after the purchase, and a withdrawn
    one where it was released already."""
    return and_(Version.released_at.is_not(None), Version.state.in_([VersionState.RELEASED, VersionState.WITHDRAWN]))


def covered_file(session: Session, entitlement: Entitlement, file_id: UUID) -> ProductFile | None:
    """The file when the entitlement covers it (its state and take-downs aside); None otherwise."""
    covered = coverage(Entitlement.id == entitlement.id)
    return session.scalar(
        select(ProductFile)
        .join(Version, Version.id == ProductFile.version_id)
        .join(covered, covered.c.product_id == Version.product_id)
        .where(ProductFile.id == file_id, ProductFile.state == FileState.READY, version_is_covered())
    )


def open_take_down(session: Session, *product_ids: UUID) -> TakeDown | None:
    """The take-down that closes one of these products now, if there is one."""
    closed = TakeDown.product_id.in_(product_ids) & TakeDown.lifted_at.is_(None)
    return session.scalar(select(TakeDown).where(closed).order_by(TakeDown.at).limit(1))
