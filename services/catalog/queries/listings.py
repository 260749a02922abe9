"""The shelf: search, filter, facets and order, in a constant number of queries."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Integer, Text, cast, func, literal, select, text, true, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, TSQUERY
from sqlalchemy.orm import Session, load_only

from services.catalog.domain.listings import Facets, Filters, KnownWord, Listing, Sort, bits_for
from services.catalog.domain.people import Person
from services.catalog.domain.pictures import Picture
from services.catalog.domain.products import Product
from services.catalog.domain.search import loose_tsquery, tsquery, vocabulary
from services.catalog.domain.slips import correct, one_slip_away, slipped_tsquery
from services.catalog.queries.covers import covers_of
from services.catalog.queries.facets import facets_for
from shared.pagination import decode_cursor, encode_cursor
from shared.problems import Malformed

# A slip leaves a word few of its trigrams, so candidates are taken widely and judged by their letters.
WORTH_A_LOOK = 0.3
CANDIDATES, MOST_SLIPS, LONGEST_TRIED = 20, 6, 6
LEAST_LIKENESS = text("SELECT set_config('pg_trgm.similarity_threshold', :least, true)")
RANK_STEPS = 1_000_000
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
    """A page of cards. `corrected_query` is what was searched for when nothing was found as it was typed;
    `is_loose` says that no listing has all the words, and these have some."""

    items: list[Card]
    facets: Facets
    next_cursor: str | None
    corrected_query: str | None = None
    is_loose: bool = False


@dataclass(frozen=True)
class Search:
    """Which listings the words of a query find, and how well each fits (a whole number, more is better).
    `words` names the search: equal words find equal listings."""

    finds: ColumnElement[bool]
    rank: ColumnElement[int]
    words: str = ""
    corrected: str | None = None
    is_loose: bool = False


def browse(session: Session, query: str, filters: Filters, *, sort: Sort, limit: int, cursor: str | None) -> Shelf:
    """What is on the shelf for a query (may be empty) and filters; raises Malformed for a forged cursor.

    Where nothing has all the words, they are taken for slips: the nearest words that the shelf has are searched
    instead; where none is near, whatever has any of the words is shown (`is_loose`).
    """
    search = _everything() if not query.strip() else _by_words(query)
    facets = facets_for(session, search.finds, search.words, filters)
    if query.strip() and not _finds_any(session, search, facets):
        search = _by_likeness(session, query)
        facets = facets_for(session, search.finds, search.words, filters)
    if sort is Sort.RELEVANCE and not query.strip():
        sort = Sort.NEWEST
    cards, next_cursor = _page(session, search, filters, sort=sort, limit=limit, cursor=cursor)
    return Shelf(cards, facets, next_cursor, search.corrected, search.is_loose)


def _finds_any(session: Session, search: Search, facets: Facets) -> bool:
    """True when the words find anything at all, apart from the filters."""
    if facets.total or facets.kind:
        return True
    return session.scalar(select(literal(1)).where(search.finds).limit(1)) is not None


def _everything() -> Search:
    return Search(true(), literal(0))


def _nothing() -> Search:
    return Search(literal(value=False), literal(0), words="-")


def _by_words(query: str) -> Search:
    return _matching(tsquery(query))


def _matching(asked: str | None) -> Search:
    if asked is None:
        return _nothing()
    words = cast(literal(asked), TSQUERY)
    rank = cast(func.ts_rank(Listing.words, words) * RANK_STEPS, Integer)
    return Search(Listing.words.op("@@", is_comparison=True)(words), rank, asked)


def _by_likeness(session: Session, query: str) -> Search:
    corrected = correct(query, [*_near_words(session, query), *_near_texts(session, query)])
    if corrected:
        return replace(_by_words(corrected), corrected=corrected)
    return replace(_matching(loose_tsquery(query)), is_loose=True)


def _near_words(session: Session, query: str) -> list[str]:
    """Known words near those of the query: a short word's slips are few enough to be tried, a long one is near
    what it shares trigrams with. Their letters are compared afterwards."""
    asked = sorted(vocabulary([query]))[:MOST_SLIPS]
    long = [word for word in asked if len(word) > LONGEST_TRIED]
    tried = set().union(*(one_slip_away(word) for word in asked if len(word) <= LONGEST_TRIED))
    found = list(session.scalars(select(KnownWord.word).where(KnownWord.word.in_(sorted(tried))))) if tried else []
    return found + (_alike(session, long) if long else [])


def _alike(session: Session, words: list[str]) -> list[str]:
    session.execute(LEAST_LIKENESS, {"least": str(WORTH_A_LOOK)})
    slip = select(func.unnest(cast(words, ARRAY(Text))).label("word")).subquery()
    near = (
        select(KnownWord.word)
        .where(KnownWord.word.op("%", is_comparison=True)(slip.c.word))
        .order_by(func.similarity(KnownWord.word, slip.c.word).desc(), KnownWord.word)
        .limit(CANDIDATES)
        .lateral()
    )
    return list(session.scalars(select(near.c.word).select_from(slip).join(near, true())))


def _near_texts(session: Session, query: str) -> list[str]:
    """Titles and tags of listings that have the query's Chinese words but for one character."""
    asked = slipped_tsquery(query)
    if asked is None:
        return []
    near = _matching(asked)
    nearest = (
        select(Product.title_zh, Product.title_en, Product.tags)
        .join(Listing, Listing.product_id == Product.id)
        .where(near.finds)
        .order_by(near.rank.desc(), Product.id.desc())
        .limit(CANDIDATES)
    )
    return [text for zh, en, tags in session.execute(nearest) for text in (zh, en, *tags)]


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
