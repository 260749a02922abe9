"""A creator's forms as the bodies catalog takes. What a field may hold is catalog's to judge."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from services.storefront.pages.vocabulary import PERMISSIONS

MOST_DIGITS = 12


def creation(form: Mapping[str, str]) -> dict[str, Any]:
    return {"kind": form.get("kind", ""), "title": _both(form, "title")}


def details(form: Mapping[str, str]) -> dict[str, Any]:
    tags = form.get("tags", "").replace("，", ",").replace("、", ",")
    return {
        "title": _both(form, "title"),
        "text": _both(form, "text"),
        "tags": [tag.strip() for tag in tags.split(",") if tag.strip()],
    }


def terms(form: Mapping[str, str]) -> dict[str, Any]:
    return {
        "price": fen_of(form.get("price", "")),
        "permissions": {name: form.get(name) == "yes" for name in PERMISSIONS},
    }


def fen_of(text: str) -> int | None:
    """`39`, `39.9`, `¥1,299.00` as fen; None for anything else, never a rounded amount."""
    plain = text.strip().removeprefix("¥").removeprefix("￥").replace(",", "").replace("，", "").strip()
    if not plain or len(plain) > MOST_DIGITS or not plain.replace(".", "", 1).isascii():
        return None
    if not plain.replace(".", "", 1).isdigit():
        return None
    try:
        fen = Decimal(plain) * 100
    except InvalidOperation:
        return None
    return int(fen) if fen == fen.to_integral_value() else None


def _both(form: Mapping[str, str], name: str) -> dict[str, str]:
    return {language: form.get(f"{name}_{language}", "").strip() for language in ("zh", "en")}
