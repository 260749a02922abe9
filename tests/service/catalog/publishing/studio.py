"""A creator's hands: uploads in parts, pictures, publication; and the worker's work, done when asked."""

import base64
import io
from typing import Any
from uuid import UUID, uuid4

from flask.testing import FlaskClient
from PIL import Image, PngImagePlugin
from sqlalchemy import select

from services.catalog.domain.affirmations import current_sentences
from services.catalog.gateways.moderation.local import LocalModerator
from services.catalog.settings import CatalogSettings
from services.catalog.worker import handlers
from shared.auth import Reader, TokenSigner
from shared.clock import MovableClock
from shared.messaging.outbox import OutboxRow
from shared.messaging.timers import TimerRow
from shared.service import Service
from tests.unit.files.making import lora_file

PERMISSIONS = {
    "credit_required": True,
    "sell_images": True,
    "commercial_use": True,
    "derivatives": False,
    "redistribute": False,
}


class Studio:
    """One creator at one catalog."""

    def __init__(self, service: Service, client: FlaskClient, signer: TokenSigner, clock: MovableClock) -> None:
        self.service, self.client, self.clock = service, client, clock
        self._signer = signer
        self.creator_id = uuid4()

    def as_somebody(self, *roles: str, who: UUID | None = None) -> dict[str, str]:
        reader = Reader(who or uuid4(), frozenset(roles))
        return {"Authorization": "Bearer " + self._signer.sign("catalog", reader)}

    @property
    def headers(self) -> dict[str, str]:
        return self.as_somebody("customer", "creator", who=self.creator_id)

    def ask(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        keyed = {"Idempotency-Key": str(uuid4())} | (headers or self.headers)
        return self.client.open(path, method=method, json=body, headers=keyed)

    def done(self, method: str, path: str, body: Any = None, headers: dict[str, str] | None = None) -> Any:
        answer = self.ask(method, path, body, headers)
        assert answer.status_code < 300, answer.get_data(as_text=True)
        return answer.json

    def upload(self, content: bytes, filename: str, purpose: str = "file", cut_at: int | None = None) -> str:
        """Send by tus, in two requests where `cut_at` says after which byte the connection drops."""
        pairs = {"filename": filename, "purpose": purpose}
        metadata = ",".join(f"{k} {base64.b64encode(v.encode()).decode()}" for k, v in pairs.items())
        tus = self.headers | {"Tus-Resumable": "1.0.0"}
        announced = self.client.post(
            "/uploads", headers=tus | {"Upload-Length": str(len(content)), "Upload-Metadata": metadata}
        )
        assert announced.status_code == 201, announced.get_data(as_text=True)
        upload_id = announced.headers["Location"].rpartition("/")[2]
        for start, end in [(0, cut_at), (cut_at, None)] if cut_at else [(0, None)]:
            offset = self.client.head(f"/uploads/{upload_id}", headers=tus).headers["Upload-Offset"]
            assert int(offset) == start
            sent = self.client.patch(
                f"/uploads/{upload_id}",
                data=content[start:end],
                headers=tus | {"Upload-Offset": offset, "Content-Type": "application/offset+octet-stream"},
            )
            assert sent.status_code == 204, sent.get_data(as_text=True)
        return upload_id

    def begin(self, kind: str = "lora", title: str = "江南水墨") -> dict[str, Any]:
        made: dict[str, Any] = self.done("POST", "/products", {"kind": kind, "title": {"zh": title, "en": "Ink"}})
        return made

    def add_file(self, product: dict[str, Any], content: bytes, name: str, cut_at: int | None = None) -> Any:
        upload_id = self.upload(content, name, cut_at=cut_at)
        version = product["versions"][-1]["id"]
        return self.done("POST", f"/versions/{version}/files", {"upload_id": upload_id})

    def add_picture(self, product: dict[str, Any], content: bytes | None = None) -> Any:
        upload_id = self.upload(content or picture(), "sample.png", "picture")
        return self.done("POST", f"/products/{product['id']}/pictures", {"upload_id": upload_id})

    def complete(self, content: bytes | None = None, price: int = 1990, **words: Any) -> dict[str, Any]:
        """A LoRA pack with all that publication asks for, checked by the worker."""
        product = self.begin()
        self.add_file(product, content or lora_file(), "ink.safetensors")
        self.add_picture(product)
        self.done("PATCH", f"/products/{product['id']}", details(price) | words)
        self.work()
        return self.look(product)

    def publish(self, product: dict[str, Any]) -> Any:
        body = {"affirmation_version": current_sentences().version, "affirmed": True}
        return self.ask("POST", f"/products/{product['id']}/publication", body)

    def look(self, product: dict[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = self.done("GET", f"/my/products/{product['id']}")
        return found

    def work(self) -> None:
        """Run every timer that is due, as the worker would, until none is left."""
        settings = self.service.settings
        assert isinstance(settings, CatalogSettings)
        known = handlers(self.service, settings)
        while due := self._due():
            for row in due:
                known[row.kind](row.to_timer())
                with self.service.database.transaction() as session:
                    session.delete(session.get_one(TimerRow, row.id))

    def events(self, kind: str) -> list[dict[str, Any]]:
        """The bodies of the events of a kind in the outbox, in order."""
        with self.service.database.transaction() as session:
            rows = session.scalars(select(OutboxRow).where(OutboxRow.type == kind).order_by(OutboxRow.id))
            return [row.envelope["data"] for row in rows]

    def _due(self) -> list[TimerRow]:
        with self.service.database.transaction() as session:
            return list(session.scalars(select(TimerRow).where(TimerRow.due_at <= self.clock.now())))


def moderator() -> LocalModerator:
    return LocalModerator()


def details(price: int = 1990) -> dict[str, Any]:
    return {
        "text": {"zh": "水墨江南，留白与晕染。", "en": "Ink and empty space."},
        "tags": ["水墨", "ink"],
        "price": price,
        "permissions": PERMISSIONS,
    }


def picture(parameters: str = "") -> bytes:
    """A picture as WebUI writes it, its parameters in the PNG's text."""
    info = PngImagePlugin.PngInfo()
    info.add_text(
        "parameters",
        parameters
        or "ink mountains <lora:ink:0.8>\nNegative prompt: blur\nSteps: 20, Sampler: Euler a, CFG scale: 7,"
        ' Seed: 7, Size: 640x800, Model: abc, Lora hashes: "ink: 1234abcd5678", Version: v1.10.1',
    )
    out = io.BytesIO()
    Image.linear_gradient("L").resize((640, 800)).convert("RGB").save(out, "PNG", pnginfo=info)
    return out.getvalue()
