"""A merchant that talks to the stand-in with Stripe's own library, and remembers every word of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests
import stripe

from deploy.sandbox.stripe.server import Serving

KEY = "sk_test_the_shop_of_the_tests"
METHODS = ["card", "alipay", "wechat_pay"]


@dataclass(frozen=True)
class Exchange:
    """One request and its answer, as they went over the wire."""

    method: str
    path: str
    sent: str
    status: int
    body: str
    headers: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.method} {self.path} -> {self.status}"


class RecordingClient(stripe.RequestsClient):
    """Stripe's own HTTP client, with an ear at the wire."""

    def __init__(self, heard: list[Exchange], **options: Any) -> None:
        super().__init__(**options)
        self._heard = heard

    def request(self, method: str, url: str, headers: Any, post_data: Any = None, **more: Any) -> Any:
        body, status, answered = super().request(method, url, headers, post_data, **more)
        address = urlsplit(url)
        text = body.decode() if isinstance(body, bytes) else str(body)
        sent = post_data if method == "post" else address.query
        self._heard.append(Exchange(method.upper(), address.path, sent or "", status, text, dict(answered)))
        return body, status, answered


@dataclass
class Shop:
    """A merchant of one running stand-in."""

    serving: Serving
    heard: list[Exchange] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.stripe = stripe.StripeClient(
            KEY,
            base_addresses={"api": self.serving.url},
            max_network_retries=0,
            http_client=RecordingClient(self.heard, timeout=5),
        )

    def open_session(self, key: str | None = None, **more: Any) -> stripe.checkout.Session:
        """A session as the shop opens one."""
        parameters: Any = {
            "mode": "payment",
            "client_reference_id": "0198a4c2-order",
            "metadata": {"order_id": "0198a4c2-order"},
            "payment_intent_data": {"metadata": {"order_id": "0198a4c2-order"}, "description": "HF-1001"},
            "payment_method_types": METHODS,
            "payment_method_options": {"wechat_pay": {"client": "web"}},
            "line_items": [line("水墨山水 LoRA", 3990), line("胶片光影预设", 1200, 2)],
            "success_url": "http://127.0.0.1:9/orders/1?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://127.0.0.1:9/orders/1?payment=left",
            "expires_at": int(self.serving.sandbox.clock.now()) + 31 * 60,
            "locale": "zh",
            "adaptive_pricing": {"enabled": False},
            **more,
        }
        return self.stripe.v1.checkout.sessions.create(parameters, {"idempotency_key": key} if key else {})

    def pay(self, session_id: str, method: str = "card", outcome: str = "succeed") -> Any:
        """Pay as a customer would."""
        return self.control("POST", f"/sessions/{session_id}/pay", method=method, outcome=outcome)

    def paid_session(self, method: str = "card", outcome: str = "succeed", **more: Any) -> stripe.checkout.Session:
        """A session that was paid (or was not, as the outcome says), read again with all that belongs to it."""
        session = self.open_session(**more)
        self.pay(session.id, method, outcome)
        return self.read(session.id)

    def read(self, session_id: str) -> stripe.checkout.Session:
        """A session with its intent, charge and balance transaction."""
        return self.stripe.v1.checkout.sessions.retrieve(
            session_id, {"expand": ["payment_intent.latest_charge.balance_transaction"]}
        )

    def control(self, method: str, path: str, /, **order: Any) -> Any:
        """Use the stand-in's controls."""
        answer = requests.request(
            method,
            f"{self.serving.url}/sandbox{path}",
            json=order if method == "POST" else None,
            headers={"Authorization": f"Bearer {KEY}"},
            timeout=5,
        )
        answer.raise_for_status()
        return answer.json()

    def calls(self, key: str) -> list[dict[str, Any]]:
        """The calls that came with an idempotency key."""
        found: list[dict[str, Any]] = self.control("GET", f"/calls?idempotency_key={key}")["calls"]
        return found


def line(name: str, price: int, quantity: int = 1) -> dict[str, Any]:
    """A line of a session; the price in fen."""
    return {
        "price_data": {"currency": "cny", "unit_amount": price, "product_data": {"name": name}},
        "quantity": quantity,
    }
