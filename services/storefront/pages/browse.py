"""The shelf: search and filters, all of them links, so that a page can be shared and the back button works."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, render_template, request
from flask.typing import ResponseReturnValue

from services.storefront.clients.errors import Refused
from services.storefront.pages import readers
from services.storefront.pages.vocabulary import SORTS, kind_name, permission_filter, sort_name
from services.storefront.pages.words import gettext as _
from shared.money import format_yuan

blueprint = Blueprint("browse", __name__)
FILTERS = ("q", "kind", "base_model", "family", "price_max", "free", "permission", "creator", "sort", "cursor")
LONGEST_QUERY = 100
IN_PAGE = 24


@blueprint.get("/browse")
def show() -> ResponseReturnValue:
    asked: dict[str, Any] = {name: request.args.get(name, "") for name in FILTERS}
    asked["q"] = asked["q"].strip()[:LONGEST_QUERY]
    asked["permission"] = request.args.getlist("permission")
    if not asked["sort"]:
        asked["sort"] = "relevance" if asked["q"] else "newest"
    try:
        found = readers.catalog().products(asked | {"limit": IN_PAGE})
    except Refused as error:
        if error.status not in (400, 422):
            raise
        flash(_("这个筛选条件不存在，先给你看全部作品。"), "warning")
        asked = {"q": "", "sort": "newest", "permission": []}
        found = readers.catalog().products({"limit": IN_PAGE})
    return render_template(
        "browse.html",
        asked=asked,
        found=found,
        facets=facets(found.get("facets") or {}, asked),
        sorts=[(name, sort_name(name)) for name in SORTS if name != "relevance" or asked["q"]],
    )


def facets(counted: dict[str, Any], asked: dict[str, Any]) -> list[dict[str, Any]]:
    """Each facet with its values: words, count, whether it is chosen, and the query that choosing it makes."""
    shown: list[tuple[str, str, Callable[[Any], str]]] = [
        ("kind", _("种类"), kind_name),
        ("base_model", _("底模"), str),
        ("price_max", _("价格"), _price_words),
        ("permission", _("许可"), permission_filter),
    ]
    made = []
    for name, title, words in shown:
        values = _values(counted.get({"price_max": "price"}.get(name, name)) or {})
        options = [_option(name, value, words(label or value), count, asked) for value, label, count in values]
        options = [option for option in options if option["count"] or option["chosen"]]
        if options:
            made.append({"name": name, "title": title, "options": options})
    return made


def _values(counted: Any) -> list[tuple[str, str, int]]:
    """Facet values as (value, label, count), however catalog lists them."""
    if isinstance(counted, dict):
        return [(str(value), "", int(count)) for value, count in counted.items()]
    return [
        (str(entry["value"]), str(entry.get("label") or entry.get("name") or ""), int(entry["count"]))
        for entry in counted
    ]


def _option(name: str, value: str, words: str, count: int, asked: dict[str, Any]) -> dict[str, Any]:
    chosen = value in asked.get(name, []) if name == "permission" else str(asked.get(name, "")) == value
    return {"value": value, "words": words, "count": count, "chosen": chosen}


def _price_words(fen: str) -> str:
    if fen == "0":
        return _("免费")
    return _("%(most)s 以内", most=format_yuan(int(fen)).removesuffix(".00")) if fen.isdigit() else fen
