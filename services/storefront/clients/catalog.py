"""The API of catalog: products, files, the library, reviews."""

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote

from services.storefront.clients.service_client import ServiceClient
from services.storefront.clients.shapes import ItemPage, Json, ProductPage


class Catalog:
    """What everybody and what customers may ask; creators and operators have classes of their own."""

    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    def products(self, filters: Mapping[str, Any]) -> ProductPage:
        return cast(ProductPage, self._client.get("/products", filters))

    def product(self, reference: str) -> Json:
        return cast(Json, self._client.get(f"/products/{part(reference)}"))

    def similar(self, product_id: str) -> list[Json]:
        answer = self._client.get(f"/products/{part(product_id)}/similar")
        return cast(list[Json], answer["items"] if isinstance(answer, dict) else answer)

    def compatibility(self, product_id: str, base_model: str, vram_gb: str, ui: str) -> Json:
        asked = {"product_id": product_id, "base_model": base_model, "vram_gb": vram_gb, "ui": ui}
        return cast(Json, self._client.get("/compatibility", asked))

    def terms(self, key: str, version: str) -> Json:
        return cast(Json, self._client.get(f"/terms/{part(key)}/{part(version)}"))

    def access(self, product_id: str) -> Json:
        """Whether the reader has a product, and why or why not."""
        return cast(Json, self._client.get("/access", {"product_id": product_id}))

    def library(self, cursor: str | None = None) -> ItemPage:
        return cast(ItemPage, self._client.get("/library", {"cursor": cursor}))

    def library_item(self, entitlement_id: str) -> Json:
        return cast(Json, self._client.get(f"/library/{part(entitlement_id)}"))

    def download_link(self, entitlement_id: str, file_id: str) -> str:
        """A short-lived address of the reader's own copy."""
        path = f"/entitlements/{part(entitlement_id)}/files/{part(file_id)}/links"
        return str(self._client.post(path)["url"])


def part(value: str) -> str:
    """One segment of a path, whatever it holds."""
    return quote(str(value), safe="")
