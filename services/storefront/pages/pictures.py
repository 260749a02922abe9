"""Addresses and shapes of catalog's pictures, as templates need them."""

from collections.abc import Mapping
from typing import Any

CATALOG_AT = "/api/catalog"


def picture_url(image: Mapping[str, Any], variant: str = "card") -> str:
    """The address at the front of a picture's variant."""
    urls = image.get("urls") or {}
    return at_front(str(urls.get(variant) or next(iter(urls.values()), "")))


def at_front(url: str) -> str:
    """A path of catalog's own as the browser asks for it."""
    if url.startswith("/") and not url.startswith(CATALOG_AT):
        return CATALOG_AT + url
    return url


def picture_shape(image: Mapping[str, Any], variant: str = "card") -> tuple[int, int] | None:
    """Width and height, so that the page does not jump while the picture loads."""
    width, height = image.get("width"), image.get("height")
    return (int(width), int(height)) if width and height else None
