"""A catalog with products on its shelf, people who ask it, and orders it hears of."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from services.catalog.domain.files import FileFormat, FileState, ProductFile
from services.catalog.domain.offers import ProductOffer
from services.catalog.domain.people import Person
from services.catalog.domain.products import BundlePart, Product, ProductKind, ProductState
from services.catalog.domain.versions import Version, VersionState
from services.catalog.reactions.on_orders import on_orders
from services.catalog.usecases.reindex import reindex
from shared.auth import CREATOR, CUSTOMER, OPERATOR, Reader, TokenSigner
from shared.clock import MovableClock
from shared.contracts import DELIVERY_COMPLETED, DELIVERY_FAILED, ORDER_PAID
from shared.contracts.deliveries import Delivery
from shared.contracts.offers import Text, Work
from shared.contracts.orders import AcceptedTerms, Order, OrderLine
from shared.files.safetensors import hashes
from shared.ids import new_id
from shared.messaging.envelope import Event
from shared.messaging.outbox import OutboxRow
from shared.service import Service
from tests.unit.files.making import lora_file, opened

MEDIA_TYPES = {
    FileFormat.SAFETENSORS: "application/octet-stream",
    FileFormat.ZIP: "application/zip",
    FileFormat.CSV: "text/csv; charset=utf-8",
    FileFormat.JSON: "application/json",
    FileFormat.MARKDOWN: "text/markdown; charset=utf-8",
    FileFormat.PDF: "application/pdf",
}
PREFIX = "/api/catalog"


@dataclass(frozen=True)
class Given:
    """A file to publish."""

    name: str
    content: bytes
    format: FileFormat = FileFormat.SAFETENSORS


@dataclass(frozen=True)
class Pack:
    """A published product with the ids a test needs."""

    id: UUID
    slug: str
    creator_id: UUID
    version_id: UUID
    file_ids: list[UUID]
    contents: list[bytes]


@dataclass
class Shop:
    service: Service
    app: Flask
    clock: MovableClock
    signer: TokenSigner
    heard: int = 0
    people: dict[str, Reader] = field(default_factory=dict)

    def person(self, name: str, *roles: str, organisations: Iterable[UUID] = ()) -> Reader:
        """The same person for the same name."""
        if name not in self.people:
            self.people[name] = Reader(new_id(), frozenset(roles or {CUSTOMER}), frozenset(organisations))
        return self.people[name]

    @property
    def operator(self) -> Reader:
        return self.person("operator", OPERATOR)

    def call(self, method: str, path: str, who: Reader | None = None, **more: Any) -> TestResponse:
        headers = dict(more.pop("headers", {}))
        if who is not None:
            headers["Authorization"] = f"Bearer {self.signer.sign('catalog', who)}"
        path = path.removeprefix(PREFIX)
        return self.app.test_client().open(path, method=method, headers=headers, buffered=True, **more)

    def get(self, path: str, who: Reader | None = None, **more: Any) -> TestResponse:
        return self.call("GET", path, who, **more)

    def post(self, path: str, who: Reader | None = None, **more: Any) -> TestResponse:
        return self.call("POST", path, who, **more)

    def publish(
        self,
        title_zh: str = "水墨山水",
        title_en: str = "Ink landscapes",
        *,
        files: Iterable[Given] | None = None,
        kind: ProductKind | str = ProductKind.LORA,
        price: int = 2900,
        parts: Iterable[Pack] = (),
        creator: str = "creator",
        **more: Any,
    ) -> Pack:
        """Put a product on the shelf as its creator's publication leaves it."""
        kind = ProductKind(kind)
        given = (
            list(files)
            if files is not None
            else ([] if kind is ProductKind.BUNDLE else [Given("ink.safetensors", lora_file())])
        )
        creator_id, now = self.person(creator, CREATOR).id, self.clock.now()
        with self.service.database.transaction() as session:
            if session.get(Person, creator_id) is None:
                session.add(Person(id=creator_id, version=1, display_name=creator.title()))
            model = more.pop("base_model", "sdxl-1.0" if kind is ProductKind.LORA else None)
            product = Product(
                id=new_id(),
                slug=f"pack-{new_id().hex[-12:]}",
                kind=kind,
                creator_id=creator_id,
                title_zh=title_zh,
                title_en=title_en,
                price=price,
                base_model=model,
                state=ProductState.PUBLISHED,
                created_at=now,
                updated_at=now,
                published_at=now,
                **more,
            )
            session.add(product)
            session.flush()
            session.add(ProductOffer(id=product.id, product_id=product.id, version=1, on_sale=True, changed_at=now))
            version = self._version(session, product, 1, given)
            for position, part in enumerate(parts):
                session.add(BundlePart(bundle_id=product.id, product_id=part.id, position=position, added_at=now))
            session.flush()
            session.expire_all()
            reindex(session, product.id)
            found = self._files_of(session, version.id)
        return Pack(product.id, product.slug, creator_id, version.id, found, [one.content for one in given])

    def release(self, pack: Pack, files: Iterable[Given], note: str = "") -> Pack:
        """A new version of a pack."""
        given = list(files)
        with self.service.database.transaction() as session:
            product = session.get_one(Product, pack.id)
            number = max(version.number for version in product.versions) + 1
            version = self._version(session, product, number, given, note)
            session.flush()
            found = self._files_of(session, version.id)
        return replace(pack, version_id=version.id, file_ids=found, contents=[one.content for one in given])

    def change_parts(self, bundle: Pack, added: Iterable[Pack] = (), removed: Iterable[Pack] = ()) -> None:
        """Change what a bundle holds."""
        gone, now = {part.id for part in removed}, self.clock.now()
        with self.service.database.transaction() as session:
            for part in session.get_one(Product, bundle.id).parts:
                if part.product_id in gone:
                    part.removed_at = now
            for part in added:
                session.add(BundlePart(bundle_id=bundle.id, product_id=part.id, position=9, added_at=now))

    def _version(self, session: Session, product: Product, number: int, given: list[Given], note: str = "") -> Version:
        now, model = self.clock.now(), product.base_model
        version = Version(
            id=new_id(),
            product_id=product.id,
            number=number,
            note_zh=note,
            base_model=model,
            state=VersionState.RELEASED,
            created_at=now,
            released_at=now,
        )
        session.add(version)
        session.flush()
        product.current_version_id = version.id
        for one in given:
            session.add(self._file(version, product.creator_id, one, now))
        return version

    def _file(self, version: Version, creator_id: UUID, given: Given, now: datetime) -> ProductFile:
        file = ProductFile(
            id=new_id(),
            version_id=version.id,
            creator_id=creator_id,
            name=given.name,
            state=FileState.READY,
            size=len(given.content),
            format=given.format,
            media_type=MEDIA_TYPES[given.format],
            sha256=hashlib.sha256(given.content).hexdigest(),
            created_at=now,
            inspected_at=now,
        )
        file.key = f"catalog/files/{file.id}"
        if given.format is FileFormat.SAFETENSORS:
            found = hashes(opened(given.content))
            file.autov2, file.autov3, file.body_sha256 = found.autov2, found.autov3, found.body_sha256
        self.service.store.write(file.key, [given.content])
        return file

    def _files_of(self, session: Session, version_id: UUID) -> list[UUID]:
        of_it = select(ProductFile.id).where(ProductFile.version_id == version_id).order_by(ProductFile.id)
        return list(session.scalars(of_it))

    def order(self, buyer: Reader, *packs: Pack, price: int = 2900, **more: Any) -> Order:
        """A paid order for packs, as `orders` tells of it."""
        now = self.clock.now()
        lines = [self._line(pack, price) for pack in packs]
        paid = Order(
            order_id=new_id(),
            number=f"HF{new_id().hex[-8:].upper()}",
            version=2,
            status="paid",
            buyer_id=buyer.id,
            organisation_id=None,
            currency="CNY",
            total=price * len(lines),
            lines=lines,
            placed_at=now - timedelta(minutes=1),
            paid_at=now,
        )
        return replace(paid, **more)

    def _line(self, pack: Pack, price: int) -> OrderLine:
        return OrderLine(
            line_id=new_id(),
            offer_id=new_id(),
            offer_version=1,
            publisher="catalog",
            kind="pack",
            reference=pack.id,
            title=Text("包", "Pack"),
            quantity=1,
            price=price,
            discount=0,
            amount=price,
            fee=0,
            paid=price,
            refunded=0,
            earned=0,
            delivery="waiting",
            works=[Work(pack.id, pack.creator_id)],
            accepted_terms=[AcceptedTerms("pack-licence", "2026-01", "0" * 64, self.clock.now())],
        )

    def hear(self, order: Order, kind: str = "paid") -> None:
        """Let catalog react to an event of this order, in one transaction as its consumer does."""
        contract, source = ORDER_PAID, f"orders.order.{kind}.v1"
        data = json.loads(json.dumps(contract.dump(order)))
        event = Event(new_id(), source, "orders", str(order.order_id), self.clock.now(), data)
        with self.service.database.transaction() as session:
            on_orders(self.clock)[source](session, event)

    def buy(self, buyer: Reader, *packs: Pack, **more: Any) -> tuple[Order, list[UUID]]:
        """A paid order that catalog has heard of, and the ids of its entitlements."""
        order = self.order(buyer, *packs, **more)
        self.hear(order)
        items = self.get(f"/entitlements?order_id={order.order_id}", self.operator).json["items"]
        by_line = {item["line_id"]: UUID(item["id"]) for item in items}
        return order, [by_line[str(line.line_id)] for line in order.lines]

    def link(self, who: Reader, entitlement: UUID, file: UUID) -> str:
        """A fresh link, as its path."""
        answer = self.post(f"/entitlements/{entitlement}/files/{file}/links", who)
        assert answer.status_code == 201, answer.json
        return str(answer.json["url"])

    def told(self, event_type: str) -> list[dict[str, Any]]:
        """The data of every event of this type so far, in order."""
        with self.service.database.transaction() as session:
            rows = session.scalars(select(OutboxRow).where(OutboxRow.type == event_type).order_by(OutboxRow.id))
            return [row.envelope["data"] for row in rows]

    def deliveries(self) -> list[tuple[str, Delivery]]:
        """What was told of deliveries so far."""
        return [
            (contract.name.split(".")[1], contract.load(data))
            for contract in (DELIVERY_COMPLETED, DELIVERY_FAILED)
            for data in self.told(f"catalog.{contract.name}")
        ]


def refunded(order: Order, *lines: OrderLine, version: int | None = None) -> Order:
    """The order after these lines (all, when none is named) were refunded in full."""
    gone = {line.line_id for line in lines or order.lines}
    after = [replace(line, refunded=line.paid) if line.line_id in gone else line for line in order.lines]
    return replace(order, version=version or order.version + 1, status="refunded", lines=after)
