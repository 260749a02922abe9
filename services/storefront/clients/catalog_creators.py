"""The API of catalog for creators: their products, versions, files and pictures."""

import base64
from collections.abc import Mapping
from typing import IO, Any, cast
from uuid import UUID

from services.storefront.clients.catalog import part
from services.storefront.clients.service_client import ServiceClient
from services.storefront.clients.shapes import ItemPage, Json

TUS = {"Tus-Resumable": "1.0.0"}
# The front takes bodies of up to 17 MB; a smaller piece loses less when a connection drops.
PIECE = 8 * 1024 * 1024


class CreatorCatalog:
    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    def products(self, cursor: str | None = None) -> ItemPage:
        return cast(ItemPage, self._client.get("/my/products", {"cursor": cursor}))

    def product(self, product_id: str) -> Json:
        return cast(Json, self._client.get(f"/my/products/{part(product_id)}"))

    def create(self, body: Mapping[str, Any], key: str) -> Json:
        return cast(Json, self._client.post("/products", dict(body), key=key))

    def change(self, product_id: str, body: Mapping[str, Any]) -> Json:
        return cast(Json, self._client.patch(f"/products/{part(product_id)}", dict(body)))

    def add_version(self, product_id: str, body: Mapping[str, Any], key: str) -> Json:
        return cast(Json, self._client.post(f"/products/{part(product_id)}/versions", dict(body), key=key))

    def change_version(self, version_id: str, body: Mapping[str, Any]) -> Json:
        """Change an open version's base model, label or note."""
        return cast(Json, self._client.patch(f"/versions/{part(version_id)}", dict(body)))

    def add_file(self, version_id: str, upload_id: str) -> Json:
        """Make an upload a file of a version; the upload's id makes a repeated form one file."""
        path = f"/versions/{part(version_id)}/files"
        return cast(Json, self._client.post(path, {"upload_id": upload_id}, key=f"file-{upload_id}"))

    def remove_file(self, file_id: str) -> None:
        """Take a file out of an open version."""
        self._client.delete(f"/files/{part(file_id)}")

    def add_picture(self, product_id: str, upload_id: str) -> Json:
        path = f"/products/{part(product_id)}/pictures"
        return cast(Json, self._client.post(path, {"upload_id": upload_id}, key=f"picture-{upload_id}"))

    def remove_picture(self, picture_id: str) -> None:
        self._client.delete(f"/pictures/{part(picture_id)}")

    def publish(self, product_id: str, affirmation_version: str, language: str, key: str) -> Json:
        body = {"affirmation_version": affirmation_version, "affirmed": True, "language": language}
        return cast(Json, self._client.post(f"/products/{part(product_id)}/publication", body, key=key))

    def withdraw(self, product_id: str, reason: str, key: str) -> Json:
        return cast(Json, self._client.post(f"/products/{part(product_id)}/withdrawal", {"reason": reason}, key=key))

    def token(self) -> str:
        """A token of five minutes with which the creator's own browser uploads in pieces."""
        return self._client.token()

    def upload(self, filename: str, purpose: str, content: IO[bytes], size: int) -> str:
        """Send a file that came with an ordinary form, by tus 1.0.0 as browsers do; the upload's id."""
        named = {"filename": filename, "purpose": purpose}
        metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in named.items())
        announced = {**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata}
        location = self._client.send("POST", "/uploads", headers=announced).headers["Location"]
        upload_id = str(UUID(location.rstrip("/").rpartition("/")[2]))
        offset = 0
        while piece := content.read(PIECE):
            headers = {**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
            self._client.send("PATCH", f"/uploads/{upload_id}", data=piece, headers=headers)
            offset += len(piece)
        return upload_id
