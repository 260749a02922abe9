"""The API of catalog for operators: reviews, entitlements, leaked files."""

from typing import Any, cast

from services.storefront.clients.catalog import part
from services.storefront.clients.service_client import ServiceClient
from services.storefront.clients.shapes import ItemPage, Json


class OperatorCatalog:
    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    def reviews(self, cursor: str | None = None) -> ItemPage:
        """What waits for a judgement, the oldest first."""
        return cast(ItemPage, self._client.get("/reviews", {"cursor": cursor}))

    def decide(self, review_id: str, decision: str, note: str, key: str) -> Json:
        body = {"decision": decision, "note": note}
        return cast(Json, self._client.post(f"/reviews/{part(review_id)}/decision", body, key=key))

    def entitlements(self, order_id: str) -> list[Json]:
        return cast(list[Json], self._client.get("/entitlements", {"order_id": order_id})["items"])

    def set_limit(self, entitlement_id: str, limit: int, reason: str, key: str) -> Any:
        """Allow each file of an entitlement `limit` downloads, counted anew."""
        body = {"limit": limit, "reason": reason}
        return self._client.post(f"/entitlements/{part(entitlement_id)}/download-limit", body, key=key)

    def access_log(self, entitlement_id: str, cursor: str | None = None) -> ItemPage:
        path = f"/entitlements/{part(entitlement_id)}/access-log"
        return cast(ItemPage, self._client.get(path, {"cursor": cursor}))

    def token(self) -> str:
        """A token of five minutes with which the operator's own browser uploads in pieces."""
        return self._client.token()

    def trace(self, upload_id: str) -> Json:
        """Whose copy a file is: the order and the evidence for it."""
        return cast(Json, self._client.post("/traces", {"upload_id": upload_id}))

    def trace_copy(self, copy_id: str) -> Json:
        """The same by a copy's number, as it stands in the file's header."""
        return cast(Json, self._client.post("/traces", {"copy_id": copy_id}))
