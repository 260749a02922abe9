"""A till: orders with its API, timers and reactions, and the sandbox gateway behind it."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import requests
from flask import Flask
from sqlalchemy import text
from sqlalchemy.engine import Row
from stripe import StripeClient
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from deploy.sandbox.stripe.options import Options
from deploy.sandbox.stripe.server import QuietHandler, Serving, serving
from deploy.sandbox.stripe.webhooks.sending import post
from deploy.sandbox.stripe.webhooks.signature import sign
from services.orders.api.asking import EXTENSION
from services.orders.app import create_app
from services.orders.domain.actors import SYSTEM
from services.orders.domain.lifecycle import OrderStatus
from services.orders.domain.orders import Order
from services.orders.settings import OrdersSettings
from services.orders.usecases.desk import Desk
from services.orders.usecases.reconcile_notices import reconcile_notices
from services.orders.usecases.sweep import sweep
from services.orders.worker import handlers, reactions
from shared.auth import CUSTOMER, GUEST, OPERATOR, Reader, TokenSigner
from shared.clock import MovableClock
from shared.contracts import DELIVERY_COMPLETED, DELIVERY_FAILED, OFFER_PUBLISHED, OFFER_WITHDRAWN, Contract
from shared.contracts.deliveries import Delivery
from shared.contracts.offers import CoveredLine, Offer, Party, Terms, Text, WithdrawnOffer, Work
from shared.ids import new_id
from shared.messaging.envelope import Event
from shared.messaging.timer_runner import TimerRunner
from tests.service.orders.books import faults_in_the_books

SIGNER = TokenSigner(TokenSigner.generate())
SECRET = "whsec_orders_tests_0001"
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
KEY = "sk_test_orders_tests"


@dataclass
class Answer:
    """A response with its JSON."""

    status: int
    body: Any
    headers: Any

    @property
    def slug(self) -> str:
        return str(self.body["type"]).rpartition(":")[2]


@dataclass
class Customer:
    """Somebody with a token, who asks the API."""

    till: "Till"
    reader: Reader

    @property
    def id(self) -> UUID:
        return self.reader.id

    @property
    def token(self) -> str:
        return SIGNER.sign("orders", self.reader)

    def ask(self, method: str, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Answer:
        sent = {"Authorization": f"Bearer {self.token}"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        if key is not None:
            sent["Idempotency-Key"] = key
        response = self.till.app.test_client().open(path, method=method, json=body, headers=sent)
        return read(response)

    def put(self, offer: Offer, quantity: int = 1) -> Answer:
        return self.ask("PUT", f"/cart/lines/{offer.offer_id}", {"quantity": quantity})

    def cart(self) -> Any:
        return self.ask("GET", "/cart").body

    def place(self, *offers: Offer, key: str | None = None, **changes: Any) -> Answer:
        """Place an order for what is in the cart of these offers, or is put there now."""
        for offer in offers:
            answer = self.put(offer)
            assert answer.status == 200, answer.body
        cart = self.cart()
        lines = [line for line in cart["lines"] if line["available"]]
        body = {
            "lines": [{"offer_id": line["offer_id"], "quantity": line["quantity"]} for line in lines],
            "fingerprint": cart["fingerprint"],
            "accepted_terms": [
                {"key": terms["key"], "version": terms["version"]} for line in lines for terms in line["terms"]
            ],
        } | changes
        return self.ask("POST", "/orders", body, key=key or uuid4().hex)

    def order(self, order_id: str) -> Any:
        answer = self.ask("GET", f"/orders/{order_id}")
        assert answer.status == 200, answer.body
        return answer.body

    def start(self, order_id: str, key: str | None = None, **body: Any) -> Answer:
        return self.ask("POST", f"/orders/{order_id}/payment", body, key=key or uuid4().hex)

    def cancel(self, order_id: str) -> Answer:
        return self.ask("POST", f"/orders/{order_id}/cancellation", key=uuid4().hex)

    def refund(self, order_id: str, amounts: dict[str, int], key: str | None = None, **extra: Any) -> Answer:
        lines = [{"line_id": line_id, "amount": amount} for line_id, amount in amounts.items()]
        body = {"lines": lines, "reason": "requested_by_customer"} | extra
        return self.ask("POST", f"/orders/{order_id}/refunds", body, key=key or uuid4().hex)


def read(response: TestResponse) -> Answer:
    is_json = "json" in (response.content_type or "")
    body = json.loads(response.get_data()) if is_json and response.get_data() else response.get_data()
    return Answer(response.status_code, body, response.headers)


@dataclass
class Till:
    app: Flask
    desk: Desk
    clock: MovableClock
    stripe: Serving
    mail: "Mail"
    url: str
    operator: Customer = field(init=False)
    runner: TimerRunner = field(init=False)
    _reactions: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.operator = self.customer(OPERATOR)
        self.runner = TimerRunner("orders", self.desk.database, self.clock, handlers(self.desk))
        self._reactions = {pattern.partition(".")[2]: reaction for pattern, reaction in reactions(self.clock).items()}

    def customer(self, *roles: str, organisations: tuple[UUID, ...] = ()) -> Customer:
        given = frozenset(roles or (CUSTOMER,))
        return Customer(self, Reader(uuid4(), given, frozenset(organisations)))

    def guest(self) -> Customer:
        return self.customer(GUEST)

    def forget_everything(self) -> None:
        """Be as new: no rows, no objects at the gateway, no webhook under way, real time."""
        with self.mail.stopped():
            self.control("reset")
            with self.desk.database.transaction() as session:
                # Rows are deleted, since truncating makes two dozen files; history refuses that but from a replica.
                session.execute(text("SET LOCAL session_replication_role = replica"))
                for table in session.scalars(text(TABLES)).all():
                    session.execute(text(f"DELETE FROM {table}"))
            self.clock.__init__()  # type: ignore[misc]  # the same clock, which services hold, at real time again

    # --- what other services tell

    def tell(self, source: str, contract: Contract[Any], body: Any, event_id: UUID | None = None) -> None:
        event = Event(
            event_id or new_id(), f"{source}.{contract.name}", source, "x", self.clock.now(), contract.dump(body)
        )
        with self.desk.database.transaction() as session:
            self._reactions[contract.name](session, event)

    def offer(self, price: int = 3990, **changes: Any) -> Offer:
        """Publish an offer of a pack."""
        values: dict[str, Any] = {
            "offer_id": uuid4(),
            "version": 1,
            "publisher": "catalog",
            "kind": "lora",
            "reference": uuid4(),
            "title": Text("山水", "Landscape"),
            "price": price,
            "currency": "CNY",
            "max_quantity": 1,
            "works": [Work(uuid4(), uuid4())],
            "published_at": self.clock.now(),
        }
        offer = Offer(**(values | changes))
        self.tell(offer.publisher, OFFER_PUBLISHED, offer)
        return offer

    def withdraw(self, offer: Offer, version: int | None = None) -> None:
        fact = WithdrawnOffer(offer.offer_id, version or offer.version + 1, "asked_for", self.clock.now())
        self.tell(offer.publisher, OFFER_WITHDRAWN, fact)

    def deliver(self, order: Any, line: Any, version: int = 1, **changes: Any) -> None:
        """The line's owner tells that it is delivered, or with `failed` that it is not."""
        failed = changes.pop("failed", False)
        values = {"earned": 0 if failed else line["amount"], "give_back": line["amount"] if failed else 0}
        fact = Delivery(UUID(order["id"]), UUID(line["id"]), version, at=self.clock.now(), **(values | changes))
        self.tell(line["publisher"], DELIVERY_FAILED if failed else DELIVERY_COMPLETED, fact)

    # --- the gateway

    def control(self, path: str, body: Any = None, method: str = "POST") -> Any:
        answer = requests.request(
            method,
            f"{self.stripe.url}/sandbox/{path}",
            json=body if body is not None else {},
            headers={"Authorization": f"Bearer {KEY}"},
            timeout=5,
        )
        assert answer.ok, answer.text
        return answer.json()

    def pay_at_gateway(self, order_id: str, outcome: str = "succeed", method: str = "card") -> Any:
        """Do on the payment page what a customer would do."""
        session_id = self.value(
            "SELECT session_id FROM payments WHERE order_id = :id ORDER BY attempt DESC", id=order_id
        )
        return self.control(f"sessions/{session_id}/pay", {"method": method, "outcome": outcome})

    def hold_webhooks(self) -> None:
        self.control("webhooks/hold")

    def fault(self, endpoint: str, kind: str, **more: Any) -> None:
        """Order a fault for the gateway's next calls of an endpoint, such as `POST /v1/refunds`."""
        self.control("faults", {"endpoint": endpoint, "kind": kind} | more)

    @contextmanager
    def gateway_with(self, **changes: Any) -> Iterator[None]:
        """The gateway behaves otherwise for a while: booking_delay, later_delay, wallet_refund_delay (seconds)."""
        sandbox = self.stripe.sandbox
        before = sandbox.options
        sandbox.options = replace(before, **changes)
        try:
            yield
        finally:
            sandbox.options = before

    def advance_gateway(self, seconds: float) -> None:
        self.control("clock", {"advance": seconds})

    def post_notice(self, payload: bytes, signature: str | None) -> Answer:
        headers = {"Content-Type": "application/json"} | ({"Stripe-Signature": signature} if signature else {})
        return read(self.app.test_client().post("/webhooks/stripe", data=payload, headers=headers))

    def notice(self, type_: str, about: dict[str, Any], **changes: Any) -> str:
        """Send a well-signed notice about an object; returns its id."""
        event = {
            "id": f"evt_{uuid4().hex}",
            "object": "event",
            "type": type_,
            "livemode": False,
            "created": int(time.time()),
            "data": {"object": about},
        } | changes
        payload = json.dumps(event).encode()
        answer = self.post_notice(payload, sign(payload, SECRET, int(time.time())))
        assert answer.status == 200, answer.body
        return str(event["id"])

    def notice_status(self, event_id: str) -> str:
        return str(self.value("SELECT status FROM webhook_events WHERE id = :id", id=event_id))

    # --- time

    def run(self) -> int:
        """Run every timer that is due; returns how many."""
        count = 0
        while self.runner.run_one():
            count += 1
        return count

    def settle(self) -> None:
        """Wait until every webhook has arrived and every notice that can be is processed."""

        def quiet() -> bool:
            sent = self.control("webhooks", method="GET")["deliveries"]
            waiting = "SELECT count(*) FROM webhook_events WHERE status = 'received' AND attempts = 0"
            return all(delivery["state"] != "pending" for delivery in sent) and not self.value(waiting)

        self.until(quiet)
        self.run()

    def sweep(self) -> None:
        """What the recurring timers do."""
        sweep(self.desk)

    def reconcile(self) -> int:
        return reconcile_notices(self.desk)

    def advance(self, **step: float) -> None:
        self.clock.advance(timedelta(**step))

    def until(self, holds: Callable[[], Any], seconds: float = 10) -> Any:
        """Run timers until something holds; fails when it does not within real seconds."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.run()
            if found := holds():
                return found
            time.sleep(0.02)
        raise AssertionError("it did not happen in time")

    # --- what is there

    def rows(self, sql: str, **values: Any) -> list[Row[Any]]:
        with self.desk.database.transaction() as session:
            return list(session.execute(text(sql), values).all())

    def value(self, sql: str, **values: Any) -> Any:
        rows = self.rows(sql, **values)
        return rows[0][0] if rows else None

    def rows_changed(self, sql: str) -> None:
        """Change rows behind the service's back."""
        with self.desk.database.transaction() as session:
            session.execute(text(sql))

    def end_without_the_gateway(self, order_id: str) -> None:
        """Expire an order as if its checkout had been closed, though it was not."""
        with self.desk.database.transaction() as session:
            order = session.get_one(Order, UUID(order_id))
            order.close(OrderStatus.EXPIRED, SYSTEM, "test")
            order.end_unpaid(self.clock.now())
            session.execute(text("UPDATE payments SET status = 'closed' WHERE order_id = :id"), {"id": order_id})

    def session_made_elsewhere(self, amount: int, **more: Any) -> dict[str, Any]:
        """A checkout of the same account that orders did not open."""
        client = StripeClient(KEY, base_addresses={"api": self.stripe.url})
        item = {"currency": "cny", "unit_amount": amount, "product_data": {"name": "elsewhere"}}
        parameters: dict[str, Any] = {
            "mode": "payment",
            "line_items": [{"quantity": 1, "price_data": item}],
            "payment_method_types": ["card"],
            "success_url": "http://127.0.0.1/",
        }
        return client.v1.checkout.sessions.create(cast(Any, parameters | more)).to_dict()

    def refund_elsewhere(self, intent_id: str, amount: int) -> None:
        """A refund made in the gateway's own dashboard."""
        client = StripeClient(KEY, base_addresses={"api": self.stripe.url})
        client.v1.refunds.create({"payment_intent": intent_id, "amount": amount})

    def status(self, order_id: str) -> str:
        return cast(str, self.value("SELECT status FROM orders WHERE id = :id", id=order_id))

    def events(self, name: str = "%") -> list[dict[str, Any]]:
        """The bodies of the events emitted so far, oldest first."""
        sql = "SELECT envelope FROM outbox WHERE type LIKE :name ORDER BY id"
        return [row[0]["data"] for row in self.rows(sql, name=f"orders.{name}")]

    def check_books(self) -> None:
        """What must hold whatever happened."""
        with self.desk.database.transaction() as session:
            assert faults_in_the_books(session) == {}

    # --- whole paths

    def paid_order(self, *offers: Offer, by: Customer | None = None) -> tuple[Customer, Any]:
        """Somebody bought these (or one pack) and paid by card."""
        customer = by or self.customer()
        placed = customer.place(*(offers or (self.offer(),)))
        assert placed.status == 201, placed.body
        order_id = placed.body["id"]
        assert customer.start(order_id).status == 200
        self.pay_at_gateway(order_id)
        self.until(lambda: self.status(order_id) == "paid")
        return customer, customer.order(order_id)


class Mail:
    """The gateway's webhooks on their way, which can be lost between two tests."""

    def __init__(self) -> None:
        self._round = 0
        self._lock = threading.Lock()

    @contextmanager
    def stopped(self) -> Iterator[None]:
        """Wait for what is under way, and lose what began before."""
        with self._lock:
            yield
            self._round += 1

    def send(self, url: str, payload: bytes, headers: dict[str, str], timeout: float) -> int:
        began_in = self._round
        with self._lock:
            return post(url, payload, headers, timeout) if began_in == self._round else 410


def terms(key: str = "personal", version: str = "1") -> Terms:
    return Terms(key, version, Text("个人使用", "Personal use"), f"/terms/{key}/{version}", "a" * 64)


def party(person_id: UUID, kind: str = "person") -> Party:
    return Party(kind, person_id)


def covering(*lines: tuple[Offer, int]) -> list[CoveredLine]:
    return [CoveredLine(offer.offer_id, quantity) for offer, quantity in lines]


def settings_for(database_url: str, folder: Path, stripe_url: str, **changes: Any) -> OrdersSettings:
    values: dict[str, Any] = {
        "environment": "test",
        "database_url": database_url,
        "database_pool_size": 20,
        "storage_url": f"file://{folder}/files",
        "token_public_keys": json.dumps(SIGNER.public_jwks()),
        "signing_secret": "insecure-test-secret-of-32-characters",
        "stripe_api_key": KEY,
        "stripe_webhook_secret": SECRET,
        "stripe_api_base": stripe_url,
        "stripe_retries": 1,
        "stripe_timeout": 3,
        "log_level": "ERROR",
        "proxies": 0,
    }
    return OrdersSettings(**(values | changes))


@contextmanager
def opened_till(database_url: str, folder: Path, **changes: Any) -> Iterator[Till]:
    """A till whose webhooks arrive over HTTP; everything ends with the block."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    options = Options(
        data=folder / "stripe",
        api_key=KEY,
        webhook_url=f"{url}/webhooks/stripe",
        webhook_secret=SECRET,
        webhook_retries=(0.05, 0.1, 0.2),
        later_delay=0.1,
        wallet_refund_delay=0.1,
    )
    with serving(options) as stripe:
        mail = Mail()
        stripe.sandbox.deliveries.send = mail.send
        clock = MovableClock()
        app = create_app(settings_for(database_url, folder, stripe.url, **changes), clock)
        desk = cast(Desk, app.extensions[EXTENSION])
        server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler, fd=listener.fileno())
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield Till(app, desk, clock, stripe, mail, url)
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
            listener.close()
            desk.database.close()
