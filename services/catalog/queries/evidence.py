"""What happened with entitlements and downloads, for the operator and for a dispute."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, selectinload

from services.catalog.domain.downloads import AccessEntry, Copy
from services.catalog.domain.entitlements import Entitlement
from services.catalog.domain.files import ProductFile
from services.catalog.domain.products import Product
from services.catalog.domain.versions import Version
from shared.files.traces import PREFIX
from shared.pagination import Page, decode_cursor, encode_cursor
from shared.problems import Malformed, NotFound

MOST_ENTITLEMENTS = 200


@dataclass(frozen=True)
class LoggedAccess:
    """An entry of the log beside what it speaks of."""

    entry: AccessEntry
    entitlement: Entitlement
    file_name: str | None
    product_title: str | None


@dataclass(frozen=True)
class TracedTo:
    """Where a copy came from. `is_ours`: a copy of that number was really made; a mark alone can be forged."""

    mark: dict[str, str]
    copy: Copy | None
    entitlement: Entitlement | None
    file: ProductFile | None
    downloads: list[AccessEntry]

    @property
    def is_ours(self) -> bool:
        """Every line of the mark is what we wrote into that copy; a part of the mark is enough."""
        ours = self.copy.mark if self.copy else {}
        said = {name: value for name, value in self.mark.items() if name.startswith(PREFIX)}
        return self.copy is not None and all(ours.get(name) == value for name, value in said.items())


def find_entitlements(
    session: Session, *, order_id: UUID | None = None, person_id: UUID | None = None
) -> list[Entitlement]:
    """Entitlements, of an order or a person where one is named, with product and history; the newest 200."""
    found = select(Entitlement).options(selectinload(Entitlement.history), selectinload(Entitlement.product))
    if order_id:
        found = found.where(Entitlement.order_id == order_id)
    if person_id:
        found = found.where(Entitlement.buyer_id == person_id)
    newest = found.order_by(Entitlement.granted_at.desc(), Entitlement.id.desc()).limit(MOST_ENTITLEMENTS)
    return list(session.scalars(newest))


def list_access_log(session: Session, entitlement_id: UUID, *, limit: int, cursor: str | None) -> Page[LoggedAccess]:
    """The log of one entitlement, the oldest entry first; raises NotFound without such an entitlement."""
    if session.get(Entitlement, entitlement_id) is None:
        raise NotFound()
    logged = _logged().where(AccessEntry.entitlement_id == entitlement_id)
    if cursor:
        logged = logged.where(AccessEntry.id > _after(cursor))
    found = [
        LoggedAccess(entry, held, file, title) for entry, held, file, title in session.execute(logged.limit(limit + 1))
    ]
    shown = found[:limit]
    more = len(found) > limit
    return Page(shown, encode_cursor([str(shown[-1].entry.id)]) if more else None)


def access_log_of_order(session: Session, order_id: UUID) -> Iterator[LoggedAccess]:
    """Every entry of an order's entitlements, the oldest first, fetched in pieces."""
    logged = _logged().where(Entitlement.order_id == order_id).execution_options(yield_per=500)
    for entry, held, file, title in session.execute(logged):
        yield LoggedAccess(entry, held, file, title)


def _logged() -> Select[AccessEntry, Entitlement, str, str]:
    return (
        select(AccessEntry, Entitlement, ProductFile.name, Product.title_zh)
        .join(Entitlement, Entitlement.id == AccessEntry.entitlement_id)
        .outerjoin(ProductFile, ProductFile.id == AccessEntry.file_id)
        .outerjoin(Version, Version.id == ProductFile.version_id)
        .outerjoin(Product, Product.id == Version.product_id)
        .order_by(AccessEntry.id)
    )


def _after(cursor: str) -> UUID:
    (last,) = decode_cursor(cursor, str)
    try:
        return UUID(last)
    except ValueError as error:
        raise Malformed("The cursor is not one of ours.") from error


def look_up_copy(session: Session, copy_id: UUID | None, mark: dict[str, str]) -> TracedTo:
    """What is known of a copy: its order and buyer, and when it was downloaded."""
    copy = session.get(Copy, copy_id) if copy_id else None
    if copy is None:
        return TracedTo(mark, None, None, None, [])
    entitlement = session.get(Entitlement, copy.entitlement_id)
    file = session.get(ProductFile, copy.file_id)
    used = select(AccessEntry).where(AccessEntry.entitlement_id == copy.entitlement_id, AccessEntry.copy_id == copy.id)
    entries = session.scalars(used.order_by(AccessEntry.id).limit(1_000)).all()
    return TracedTo(mark, copy, entitlement, file, list(entries))
