"""A person's library: what they hold, whether there is something new in it, and the files they may fetch.

The number of queries does not depend on how much somebody owns.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from services.catalog.domain.coverage import coverage, held_by, version_is_covered
from services.catalog.domain.downloads import Copy
from services.catalog.domain.entitlements import Entitlement, EntitlementChange, TakeDown
from services.catalog.domain.files import FileState, ProductFile
from services.catalog.domain.people import Person
from services.catalog.domain.pictures import Picture
from services.catalog.domain.products import Product
from services.catalog.domain.versions import Version
from services.catalog.queries.covers import covers_of
from shared.auth import Reader
from shared.pagination import Page, decode_cursor, encode_cursor
from shared.problems import Malformed, NotFound


@dataclass(frozen=True)
class OwnedFile:
    """A file and this entitlement's copy of it, once there is one: `used` of `allowed` downloads."""

    file: ProductFile
    copy: Copy | None
    allowed: int

    @property
    def used(self) -> int:
        return self.copy.used if self.copy else 0


@dataclass(frozen=True)
class OwnedVersion:
    """`is_new`: released after the holder's last download of this product (never set before the first one)."""

    version: Version
    files: list[OwnedFile]
    is_new: bool


@dataclass(frozen=True)
class OwnedProduct:
    """A covered product with its versions, the newest first."""

    product: Product
    creator: str
    cover: Picture | None
    versions: list[OwnedVersion] = field(default_factory=list)
    taken_down_at: datetime | None = None
    downloaded_at: datetime | None = None

    @property
    def has_news(self) -> bool:
        return any(version.is_new for version in self.versions)


@dataclass(frozen=True)
class Owned:
    """An entitlement with all that it covers; the product bought comes first."""

    entitlement: Entitlement
    bought: OwnedProduct | None
    products: list[OwnedProduct]
    history: list[EntitlementChange] = field(default_factory=list)


def list_library(session: Session, reader: Reader, *, limit: int, cursor: str | None, allowed: int) -> Page[Owned]:
    """The reader's entitlements, the newest first; `allowed` is the usual number of downloads of a file."""
    mine = held_by(reader.id, reader.organisations)
    newest_first = (Entitlement.granted_at.desc(), Entitlement.id.desc())
    page = select(Entitlement).where(mine).order_by(*newest_first).limit(limit + 1)
    if cursor:
        page = page.where(tuple_(Entitlement.granted_at, Entitlement.id) < _after(cursor))
    found = session.scalars(page).all()
    shown = found[:limit]
    last = shown[-1] if len(found) > limit else None
    cursor = encode_cursor([last.granted_at.isoformat(), str(last.id)]) if last else None
    return Page(_owned(session, shown, allowed), cursor)


def show_owned(session: Session, reader: Reader, entitlement_id: UUID, *, allowed: int) -> Owned:
    """One entitlement of the reader with its history; raises NotFound for anybody else's."""
    mine = held_by(reader.id, reader.organisations)
    entitlement = session.scalar(select(Entitlement).where(Entitlement.id == entitlement_id, mine))
    if entitlement is None:
        raise NotFound()
    owned = _owned(session, [entitlement], allowed)[0]
    return Owned(entitlement, owned.bought, owned.products, list(entitlement.history))


def _after(cursor: str) -> tuple[datetime, UUID]:
    at, last = decode_cursor(cursor, str, str)
    try:
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None:
            raise ValueError("no zone")
        return moment, UUID(last)
    except ValueError as error:
        raise Malformed("The cursor is not one of ours.") from error


def _owned(session: Session, entitlements: Sequence[Entitlement], allowed: int) -> list[Owned]:
    if not entitlements:
        return []
    ids = [entitlement.id for entitlement in entitlements]
    pairs = coverage(Entitlement.id.in_(ids))
    covered = session.execute(
        select(pairs.c.entitlement_id, Product, Person.display_name)
        .join(Product, Product.id == pairs.c.product_id)
        .outerjoin(Person, Person.id == Product.creator_id)
    ).all()
    shelf = _Shelf(session, [product.id for _, product, _ in covered], ids, allowed)
    products: dict[UUID, list[OwnedProduct]] = defaultdict(list)
    for entitlement_id, product, creator in covered:
        products[entitlement_id].append(shelf.owned(entitlement_id, product, creator or ""))
    return [_arranged(entitlement, products[entitlement.id]) for entitlement in entitlements]


def _arranged(entitlement: Entitlement, products: list[OwnedProduct]) -> Owned:
    bought = next((owned for owned in products if owned.product.id == entitlement.product_id), None)
    parts = sorted((owned for owned in products if owned is not bought), key=lambda owned: owned.product.title_zh)
    with_files = [owned for owned in ([bought] if bought else []) + parts if owned.versions or owned is not bought]
    return Owned(entitlement, bought, with_files)


class _Shelf:
    """What lies behind some products, fetched once for all of them."""

    def __init__(self, session: Session, products: Sequence[UUID], entitlements: Sequence[UUID], allowed: int) -> None:
        self._allowed = allowed
        self._covers = covers_of(session, products)
        self._versions: dict[UUID, list[tuple[Version, list[ProductFile]]]] = defaultdict(list)
        self._read_versions(session, products)
        mine = select(Copy).where(Copy.entitlement_id.in_(entitlements))
        self._copies = {(copy.entitlement_id, copy.file_id): copy for copy in session.scalars(mine)}
        closed = select(TakeDown.product_id, TakeDown.at).where(
            TakeDown.product_id.in_(products), TakeDown.lifted_at.is_(None)
        )
        self._taken_down = {row.product_id: row.at for row in session.execute(closed)}

    def _read_versions(self, session: Session, products: Sequence[UUID]) -> None:
        rows = session.execute(
            select(Version, ProductFile)
            .join(ProductFile, ProductFile.version_id == Version.id)
            .where(Version.product_id.in_(products), version_is_covered(), ProductFile.state == FileState.READY)
            .order_by(Version.number.desc(), ProductFile.id)
        )
        files: dict[UUID, list[ProductFile]] = {}
        for version, file in rows:
            if version.id not in files:
                files[version.id] = []
                self._versions[version.product_id].append((version, files[version.id]))
            files[version.id].append(file)

    def owned(self, entitlement_id: UUID, product: Product, creator: str) -> OwnedProduct:
        """The product as this entitlement has it."""
        versions = self._versions[product.id]
        copies = {
            file.id: copy
            for _, files in versions
            for file in files
            if (copy := self._copies.get((entitlement_id, file.id)))
        }
        seen_at = max((copy.opened_at for copy in copies.values() if copy.opened_at), default=None)
        return OwnedProduct(
            product=product,
            creator=creator,
            cover=self._covers.get(product.id),
            versions=[self._version(version, files, copies, seen_at) for version, files in versions],
            taken_down_at=self._taken_down.get(product.id),
            downloaded_at=seen_at,
        )

    def _version(
        self, version: Version, files: list[ProductFile], copies: dict[UUID, Copy], seen_at: datetime | None
    ) -> OwnedVersion:
        owned = [OwnedFile(file, copies.get(file.id), self._allowed_of(copies.get(file.id))) for file in files]
        is_new = bool(seen_at and version.released_at and version.released_at > seen_at)
        return OwnedVersion(version, owned, is_new)

    def _allowed_of(self, copy: Copy | None) -> int:
        return copy.allowed if copy else self._allowed
