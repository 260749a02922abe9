"""A product's public page: everything on it, in a constant number of queries."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, any_, case, cast, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session, load_only, selectinload
from sqlalchemy.types import Text

from services.catalog.domain.coverage import coverage, held_by, open_take_down
from services.catalog.domain.files import FileState, ProductFile
from services.catalog.domain.listings import Listing
from services.catalog.domain.offers import ProductOffer
from services.catalog.domain.people import Person
from services.catalog.domain.products import Product, ProductState
from services.catalog.domain.versions import Version, VersionState
from services.catalog.queries.covers import covers_of
from services.catalog.queries.listings import ON_A_CARD, Card
from shared.auth import Reader
from shared.ids import parse_id
from shared.problems import NotFound

MOST_SIMILAR = 8
MOST_TAGS = 10
MOST_MATCHES = 20


@dataclass(frozen=True)
class Contents:
    """What a buyer gets now: bytes in all, and the kinds of file; of a bundle, that of its parts."""

    size: int
    formats: list[str]


@dataclass(frozen=True)
class Page:
    """A product with all that its page shows. `why_not` says why it cannot be bought, None when it can."""

    product: Product
    creator: str
    versions: list[Version]
    parts: list[Card]
    offer: ProductOffer | None
    sales: int
    why_not: str | None
    contents: Contents

    @property
    def current(self) -> Version | None:
        return next(iter(self.versions), None)


@dataclass(frozen=True)
class Match:
    """A file on the shelf that a hash names, and by which kind of hash."""

    card: Card
    version: Version
    file: ProductFile
    by: str


def show_product(session: Session, reader: Reader | None, id_or_slug: str) -> Page:
    """The page of a product: on the shelf, for everybody; withdrawn, for its creator, its buyers and operators.
    Raises NotFound."""
    product_id = parse_id(id_or_slug)
    which = Product.id == product_id if product_id else Product.slug == id_or_slug
    wanted = select(Product).where(which).options(selectinload(Product.pictures), selectinload(Product.parts))
    product = session.scalar(wanted)
    if product is None or not _may_see(session, reader, product):
        raise NotFound()
    offer = session.scalar(select(ProductOffer).where(ProductOffer.product_id == product.id))
    return Page(
        product=product,
        creator=session.scalar(select(Person.display_name).where(Person.id == product.creator_id)) or "",
        versions=_versions(session, product.id),
        parts=_cards(session, Product.id.in_([part.product_id for part in product.current_parts])),
        offer=offer,
        sales=session.scalar(select(Listing.sales).where(Listing.product_id == product.id)) or 0,
        why_not=_why_not(session, product, offer),
        contents=_contents(session, [product.id, *(part.product_id for part in product.current_parts)]),
    )


def _contents(session: Session, product_ids: list[UUID]) -> Contents:
    found = session.execute(
        select(ProductFile.format, func.sum(ProductFile.size))
        .join(Product, Product.current_version_id == ProductFile.version_id)
        .where(Product.id.in_(product_ids), ProductFile.state == FileState.READY)
        .group_by(ProductFile.format)
    ).all()
    return Contents(sum(int(size) for _, size in found), sorted(kind.value for kind, _ in found if kind))


def _may_see(session: Session, reader: Reader | None, product: Product) -> bool:
    if product.is_on_sale:
        return True
    if reader is None or product.published_at is None:
        return False
    return reader.is_operator or product.creator_id == reader.id or _has_had(session, reader, product.id)


def _has_had(session: Session, reader: Reader, product_id: UUID) -> bool:
    covered = coverage(held_by(reader.id, reader.organisations))
    return bool(session.scalar(select(literal(1)).where(covered.c.product_id == product_id).limit(1)))


def _why_not(session: Session, product: Product, offer: ProductOffer | None) -> str | None:
    if open_take_down(session, product.id):
        return "taken-down"
    if product.state is not ProductState.PUBLISHED:
        return "withdrawn"
    return None if offer is not None and offer.on_sale else "not-offered"


def _versions(session: Session, product_id: UUID) -> list[Version]:
    released = (
        select(Version)
        .where(Version.product_id == product_id, Version.state == VersionState.RELEASED)
        .order_by(Version.number.desc())
        .options(selectinload(Version.files.and_(ProductFile.state == FileState.READY)))
    )
    return list(session.scalars(released))


def _cards(session: Session, which: ColumnElement[bool], *order: ColumnElement[object]) -> list[Card]:
    rows = session.execute(
        select(Product, Person.display_name, Listing.sales)
        .outerjoin(Listing, Listing.product_id == Product.id)
        .outerjoin(Person, Person.id == Product.creator_id)
        .options(load_only(*ON_A_CARD))
        .where(which)
        .order_by(*order, Product.id)
        .limit(100)
    ).all()
    covers = covers_of(session, [product.id for product, _, _ in rows])
    return [Card(product, name or "", covers.get(product.id), sales or 0) for product, name, sales in rows]


def similar_products(session: Session, id_or_slug: str) -> list[Card]:
    """Up to eight products on the shelf that are most like this one: shared tags and base-model family first,
    then the same kind and creator, the better selling before the others. Raises NotFound."""
    product_id = parse_id(id_or_slug)
    which = Product.id == product_id if product_id else Product.slug == id_or_slug
    found = session.execute(
        select(Product, Listing).join(Listing, Listing.product_id == Product.id).where(which)
    ).one_or_none()
    if found is None:
        raise NotFound()
    product, listing = found
    likeness = _likeness(product, listing)
    nearest = (
        select(Listing.product_id)
        .join(Product, Product.id == Listing.product_id)
        .where(Listing.product_id != product.id, likeness > 0)
        .order_by(likeness.desc(), Listing.sales.desc(), Listing.product_id.desc())
        .limit(MOST_SIMILAR)
    )
    ids = list(session.scalars(nearest))
    cards = {card.product.id: card for card in _cards(session, Product.id.in_(ids))}
    return [cards[one] for one in ids]


def _likeness(product: Product, listing: Listing) -> ColumnElement[int]:
    same_family = Listing.families.overlap(cast(listing.families, ARRAY(Text)))
    points = [case((literal(tag) == any_(Product.tags), 3), else_=0) for tag in product.tags[:MOST_TAGS]]
    points.append(case((same_family, 3), else_=0))
    points.append(case((Listing.kind == listing.kind, 1), else_=0))
    points.append(case((Listing.creator_id == listing.creator_id, 1), else_=0))
    return sum(points[1:], points[0])


def find_by_hash(session: Session, text: str) -> list[Match]:
    """Files on the shelf whose SHA-256, AutoV1, AutoV2, AutoV3 or body's SHA-256 is `text` (hex, either case).
    Raises NotFound where there is none."""
    lower, upper = text.lower(), text.upper()
    kinds: dict[str, ColumnElement[bool]] = {
        "sha256": ProductFile.sha256 == lower,
        "body_sha256": ProductFile.body_sha256 == lower,
        "autov3": ProductFile.autov3 == upper,
        "autov2": ProductFile.autov2 == upper,
        "autov1": ProductFile.autov1 == upper,
    }
    kind = case(*((condition, literal(name)) for name, condition in kinds.items()), else_=literal(""))
    rows = session.execute(
        select(ProductFile, Version, Product.id, kind)
        .join(Version, Version.id == ProductFile.version_id)
        .join(Product, Product.id == Version.product_id)
        .where(or_(*kinds.values()), ProductFile.state == FileState.READY)
        .where(Version.state == VersionState.RELEASED, Product.state == ProductState.PUBLISHED)
        .order_by(Version.released_at, ProductFile.id)
        .limit(MOST_MATCHES)
    ).all()
    if not rows:
        raise NotFound()
    cards = {card.product.id: card for card in _cards(session, Product.id.in_([row[2] for row in rows]))}
    return [Match(cards[product_id], version, file, by) for file, version, product_id, by in rows]
