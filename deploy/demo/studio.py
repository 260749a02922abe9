"""A demo creator at the keyboard: everything goes through catalog's HTTP API, as a real creator's would."""

import base64
from pathlib import Path
from time import monotonic, sleep
from typing import Any
from uuid import UUID, uuid4

import requests

from shared.auth import CREATOR, CUSTOMER, Reader, TokenSigner

PATIENCE = 120.0
PIECE = 8 * 1024 * 1024


class Refused(Exception):
    """Catalog said no: the problem's type and detail."""


class Studio:
    """One creator's calls to the catalog at `api`."""

    def __init__(self, api: str, signer: TokenSigner, creator_id: UUID) -> None:
        self._api, self._signer = api, signer
        self._reader = Reader(creator_id, frozenset({CUSTOMER, CREATOR}))
        self._session = requests.Session()

    def products(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.call("GET", "/my/products?limit=100")["items"]
        return found

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """The answer's JSON; raises Refused for a problem."""
        answer = self._send(method, path, json=body, headers={"Idempotency-Key": str(uuid4())})
        return answer.json() if answer.content else None

    def upload(self, path: Path, purpose: str) -> str:
        """Send a file by tus 1.0.0; the upload's id."""
        named = {"filename": path.name, "purpose": purpose}
        metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in named.items())
        tus = {"Tus-Resumable": "1.0.0"}
        announced = {"Upload-Length": str(path.stat().st_size), "Upload-Metadata": metadata}
        location = self._send("POST", "/uploads", headers=tus | announced).headers["Location"]
        upload_id = location.rstrip("/").rpartition("/")[2]
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                offset = str(file.tell() - len(piece))
                kind = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": offset}
                self._send("PATCH", f"/uploads/{upload_id}", data=piece, headers=tus | kind)
        return upload_id

    def wait_until(self, product_id: str, wanted: Any) -> dict[str, Any]:
        """The product once `wanted(product)` is true; raises Refused when it takes too long."""
        deadline = monotonic() + PATIENCE
        while True:
            product: dict[str, Any] = self.call("GET", f"/my/products/{product_id}")
            if wanted(product):
                return product
            if monotonic() > deadline:
                raise Refused(f"{product['slug']} is still {product['state']}")
            sleep(0.1)

    def _send(self, method: str, path: str, headers: dict[str, str], **body: Any) -> requests.Response:
        bearer = {"Authorization": "Bearer " + self._signer.sign("catalog", self._reader)}
        answer = self._session.request(method, self._api + path, headers=bearer | headers, timeout=60, **body)
        if answer.status_code >= 400:
            raise Refused(f"{method} {path}: {answer.text[:500]}")
        return answer
