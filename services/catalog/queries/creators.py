"""What a creator sees of their own products, and an operator of what waits for a judgement."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from services.catalog.domain.entitlements import Entitlement, EntitlementState
from services.catalog.domain.people import Person
from services.catalog.domain.products import BundlePart, Product
from services.catalog.domain.reviews import Review, ReviewState
from services.catalog.domain.versions import Version
from shared.auth import Reader
from shared.pagination import Page, decode_cursor, encode_cursor
from shared.problems import NotFound

WHOLE = (
    selectinload(Product.versions).selectinload(Version.files),
    selectinload(Product.pictures),
    selectinload(Product.history),
    selectinload(Product.current_version),
    selectinload(Product.parts).selectinload(BundlePart.product).selectinload(Product.pictures),
)


@dataclass(frozen=True)
class OwnProduct:
    """A creator's product, with how many own it and the review that waits or was decided last."""

    product: Product
    owners: int
    review: Review | None


def own_products(session: Session, reader: Reader, cursor: str | None, limit: int) -> Page[OwnProduct]:
    """The reader's products, newest first."""
    query = select(Product).where(Product.creator_id == reader.id).options(*WHOLE).order_by(Product.id.desc())
    if cursor:
        (last,) = decode_cursor(cursor, str)
        query = query.where(Product.id < last)
    found = list(session.scalars(query.limit(limit + 1)))
    more = encode_cursor([str(found[limit - 1].id)]) if len(found) > limit else None
    return Page(_with_numbers(session, found[:limit]), more)


def own_product_page(session: Session, reader: Reader, product_id: UUID) -> OwnProduct:
    """One product of the reader's with all there is to it; raises NotFound."""
    query = select(Product).where(Product.id == product_id, Product.creator_id == reader.id).options(*WHOLE)
    product = session.scalar(query)
    if product is None:
        raise NotFound()
    return _with_numbers(session, [product])[0]


def open_reviews(session: Session, cursor: str | None, limit: int) -> Page[Review]:
    """What waits for an operator, the oldest first."""
    query = (
        select(Review)
        .where(Review.state == ReviewState.OPEN)
        .options(selectinload(Review.product).options(*WHOLE))
        .order_by(Review.id)
    )
    if cursor:
        (last,) = decode_cursor(cursor, str)
        query = query.where(Review.id > last)
    found = list(session.scalars(query.limit(limit + 1)))
    more = encode_cursor([str(found[limit - 1].id)]) if len(found) > limit else None
    return Page(found[:limit], more)


def creator_names(session: Session, creator_ids: Sequence[UUID]) -> dict[UUID, str]:
    rows = session.execute(select(Person.id, Person.display_name).where(Person.id.in_(creator_ids)))
    return {row.id: row.display_name for row in rows}


def _with_numbers(session: Session, products: Sequence[Product]) -> list[OwnProduct]:
    ids = [product.id for product in products]
    owning = (
        select(Entitlement.product_id, func.count())
        .where(Entitlement.product_id.in_(ids), Entitlement.state == EntitlementState.ACTIVE)
        .group_by(Entitlement.product_id)
    )
    owners = {row[0]: row[1] for row in session.execute(owning)}
    newest = select(Review).where(Review.product_id.in_(ids)).order_by(Review.id)
    reviews = {review.product_id: review for review in session.scalars(newest)}
    return [OwnProduct(one, owners.get(one.id, 0), reviews.get(one.id)) for one in products]
