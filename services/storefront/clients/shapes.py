"""The answers of the services' APIs, as far as the pages read them."""

from typing import Any, NotRequired, TypedDict

Json = dict[str, Any]


class Text(TypedDict):
    zh: str
    en: str


class Terms(TypedDict):
    key: str
    version: str
    title: Text
    url: str
    sha256: str


class CartLine(TypedDict):
    offer_id: str
    title: Text
    kind: str
    url: str
    picture_url: str
    quantity: int
    max_quantity: int
    price: int
    amount: int
    terms: list[Terms]
    available: bool
    problem: NotRequired[str | None]


class Cart(TypedDict):
    lines: list[CartLine]
    total: int
    currency: str
    fingerprint: str


class Order(TypedDict):
    id: str
    number: str
    status: str
    currency: str
    total: int
    refunded: int
    placed_at: str
    lines: list[Json]
    steps: NotRequired[list[Json]]
    timeline: NotRequired[list[Json]]
    payment: NotRequired[Json | None]


class ItemPage(TypedDict):
    """A page of a list; `next_cursor` is None on the last one."""

    items: list[Json]
    next_cursor: str | None


class ProductPage(ItemPage):
    facets: Json
    total: int
    corrected_query: NotRequired[str | None]
