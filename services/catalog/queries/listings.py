"""The shelf: search, filter, facets and order, in three queries (five where a slip has to be corrected)."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, and_, cast, func, literal, or_, select, text, true, tuple_
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlalchemy.orm import Session, load_only

from services.catalog.domain.listings import Facets, Filters, Group, Listing, Sort, bits_for, count_facets
from services.catalog.domain.people import Person
from services.catalog.domain.pictures import Picture
from services.catalog.domain.products import Product
from services.catalog.domain.search import correct, fuzzy_terms, tsquery
from services.catalog.queries.covers import covers_of
from shared.pagination import decode_cursor, encode_cursor
from shared.problems import Malformed

# A slip in a word leaves few of its trigrams, so candidates are taken widely and judged by their letters.
WORTH_A_LOOK, SIMILAR_ENOUGH = 0.3, 0.55
CANDIDATES = 20
LEAST_LIKENESS = text("SELECT set_config('pg_trgm.word_similarity_threshold', :least, true)")
RANK_STEPS = 1_000_000
LARGEST = 2**31 - 1
ON_A_CARD = (
    *(Product.slug, Product.kind, Product.creator_id, Product.title_zh, Product.title_en, Product.tags),
    *(Product.price, Product.credit_required, Product.sell_images, Product.commercial_use, Product.derivatives),
    *(Product.redistribute, Product.base_model, Product.base_family, Product.published_at),
)


@dataclass(frozen=True)
class Card:
    """A product as a list shows it; `price` is fen."""

    product: Product
    creator: str
    cover: Picture | None
    sales: int


@dataclass(frozen=True)
class Shelf:
    """A page of cards. `corrected_query` is what was searched for when nothing was found as it was typed."""

    items: list[Card]
    facets: Facets
    next_cursor: str | None
    corrected_query: str | None = None


@dataclass(frozen=True)
class Search:
    """Which listings the words of a query find, and how well each fits (a whole number, more is better)."""

    finds: ColumnElement[bool]
    rank: ColumnElement[int]
    corrected: str | None = None


def browse(session: Session, query: str, filters: Filters, *, sort: Sort, limit: int, cursor: str | None) -> Shelf:
    """What is on the shelf for a query (may be empty) and filters; raises Malformed for a forged cursor.

    Words that nothing has are taken for slips: the nearest words that the shelf does have are searched
    instead, and where none is near, whatever looks alike.
    """
    search = _everything() if not query.strip() else _by_words(query)
    groups = _groups(session, search, filters)
    if not groups and query.strip():
        search = _by_likeness(session, query)
        groups = _groups(session, search, filters)
    if sort is Sort.RELEVANCE and not query.strip():
        sort = Sort.NEWEST
    cards, next_cursor = _page(session, search, filters, sort=sort, limit=limit, cursor=cursor)
    return Shelf(cards, count_facets(groups, filters), next_cursor, search.corrected)


def _everything() -> Search:
    return Search(true(), literal(0))


def _by_words(query: str) -> Search:
    asked = tsquery(query)
    if asked is None:
        return Search(literal(value=False), literal(0))
    words = cast(literal(asked), TSQUERY)
    rank = cast(func.ts_rank(Listing.words, words) * RANK_STEPS, Integer)
    return Search(Listing.words.op("@@", is_comparison=True)(words), rank)


def _by_likeness(session: Session, query: str) -> Search:
    terms = fuzzy_terms(query)
    if not terms:
        return Search(literal(value=False), literal(0))
    session.execute(LEAST_LIKENESS, {"least": str(WORTH_A_LOOK)})
    near = [literal(term).op("<%", is_comparison=True)(Listing.fuzzy) for term in terms]
    likeness: list[ColumnElement[float]] = [func.word_similarity(term, Listing.fuzzy) for term in terms]
    rank = cast(sum(likeness[1:], likeness[0]) * RANK_STEPS, Integer)
    corrected = correct(query, _nearest_texts(session, Search(or_(*near), rank)))
    if corrected:
        return replace(_by_words(corrected), corrected=corrected)
    return Search(and_(*near, *(one >= SIMILAR_ENOUGH for one in likeness)), rank)


def _nearest_texts(session: Session, near: Search) -> list[str]:
    """The words of the twenty listings that look most like the query in any of its terms."""
    nearest = (
        select(Product.title_zh, Product.title_en, Product.tags, Product.base_model, Person.display_name)
        .join(Listing, Listing.product_id == Product.id)
        .outerjoin(Person, Person.id == Product.creator_id)
        .where(near.finds)
        .order_by(near.rank.desc(), Product.id.desc())
        .limit(CANDIDATES)
    )
    return [
        found
        for title_zh, title_en, tags, model, name in session.execute(nearest)
        for found in (title_zh, title_en, *tags, model or "", name or "")
    ]


def _groups(session: Session, search: Search, filters: Filters) -> list[Group]:
    most = LARGEST if filters.price_max is None else filters.price_max
    within = (Listing.price <= most).label("within")
    shared = (Listing.kind, Listing.base_models, Listing.families, Listing.price_band, Listing.permissions, within)
    counted = select(*shared, func.count()).where(search.finds).group_by(*shared)
    if filters.creator_id:
        counted = counted.where(Listing.creator_id == filters.creator_id)
    return [
        Group(kind, tuple(models), tuple(families), band, bits, fits, count)
        for kind, models, families, band, bits, fits, count in session.execute(counted)
    ]


def _page(
    session: Session, search: Search, filters: Filters, *, sort: Sort, limit: int, cursor: str | None
) -> tuple[list[Card], str | None]:
    key, descending = _order(search, sort)
    place = tuple_(key, Listing.product_id)
    rows = (
        select(Product, Person.display_name, Listing.sales, key)
        .join(Listing, Listing.product_id == Product.id)
        .outerjoin(Person, Person.id == Product.creator_id)
        .options(load_only(*ON_A_CARD))
        .where(search.finds, *_conditions(filters))
        .order_by(*((key.desc(), Listing.product_id.desc()) if descending else (key, Listing.product_id)))
        .limit(limit + 1)
    )
    if cursor:
        last = _after(cursor, sort)
        rows = rows.where(place < last if descending else place > last)
    found = session.execute(rows).all()
    shown = found[:limit]
    covers = covers_of(session, [product.id for product, *_ in shown])
    cards = [Card(product, creator or "", covers.get(product.id), sales) for product, creator, sales, _ in shown]
    if len(found) <= limit:
        return cards, None
    last_product, _, _, last_key = shown[-1]
    value = last_key.isoformat() if isinstance(last_key, datetime) else last_key
    return cards, encode_cursor([sort.value, value, str(last_product.id)])


def _order(search: Search, sort: Sort) -> tuple[ColumnElement[Any], bool]:
    keys: dict[Sort, tuple[Any, bool]] = {
        Sort.NEWEST: (Listing.published_at, True),
        Sort.BEST_SELLING: (Listing.sales, True),
        Sort.PRICE: (Listing.price, False),
        Sort.RELEVANCE: (search.rank, True),
    }
    return keys[sort]


def _conditions(filters: Filters) -> list[ColumnElement[bool]]:
    wanted = bits_for(filters.permissions)
    asked: list[tuple[object, Any]] = [
        (filters.kind, Listing.kind == filters.kind),
        (filters.base_model, Listing.base_models.contains([filters.base_model])),
        (filters.family, Listing.families.contains([filters.family])),
        (filters.creator_id, Listing.creator_id == filters.creator_id),
        (wanted or None, Listing.permissions.op("&")(wanted) == wanted),
    ]
    if filters.price_max is not None:
        asked.append((True, Listing.price <= filters.price_max))
    return [condition for value, condition in asked if value is not None]


def _after(cursor: str, sort: Sort) -> Any:
    kind = str if sort is Sort.NEWEST else int
    named, value, product_id = decode_cursor(cursor, str, kind, str)
    try:
        if named != sort.value:
            raise ValueError("the cursor of another order")
        moment = datetime.fromisoformat(value) if kind is str else value
        if isinstance(moment, datetime) and moment.tzinfo is None:
            raise ValueError("no zone")
        if isinstance(moment, int) and abs(moment) >= 2**31:
            raise ValueError("no number of ours")
        return tuple_(literal(moment), literal(UUID(product_id)))
    except ValueError as error:
        raise Malformed("The cursor is not one of ours.") from error
