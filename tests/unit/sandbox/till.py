"""The stand-in without sockets: Stripe's own library calls the application in the same process."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import requests
import stripe
from flask import Flask
from werkzeug.test import TestResponse

from deploy.sandbox.stripe.app import create_app
from deploy.sandbox.stripe.options import Options
from deploy.sandbox.stripe.sandbox import Sandbox

KEY = "sk_test_the_till_of_the_tests"


class InProcessClient(stripe.HTTPClient):
    """Stripe's HTTP client, on a WSGI application."""

    name = "in-process"

    def __init__(self, app: Flask) -> None:
        super().__init__()
        self._app = app

    def request(self, method: str, url: str, headers: Any, post_data: Any = None, **_: Any) -> Any:
        answer = self._app.test_client().open(url, method=method.upper(), headers=dict(headers), data=post_data)
        return answer.get_data(as_text=True), answer.status_code, answer.headers

    def close(self) -> None:
        """Nothing to close."""


@dataclass
class Sent:
    """One webhook that would have gone out."""

    url: str
    payload: bytes
    headers: Mapping[str, str]


class Till:
    """A stand-in whose threads are not running: time passes when a test says so."""

    def __init__(self, data: Path, **more: Any) -> None:
        options = Options(data=data, api_key=KEY, public_url="http://till.test")
        self.app = create_app(replace(options, **more))
        self.sandbox: Sandbox = self.app.extensions["sandbox"]
        self.stripe = stripe.StripeClient(
            KEY, base_addresses={"api": "http://till.test"}, http_client=InProcessClient(self.app)
        )
        self.sent: list[Sent] = []
        self.answers: list[int | type[requests.RequestException]] = []
        self.sandbox.deliveries.send = self.take

    def take(self, url: str, payload: bytes, headers: dict[str, str], timeout: float) -> int:
        """Take a webhook as an endpoint would."""
        self.sent.append(Sent(url, payload, headers))
        answer = self.answers.pop(0) if self.answers else 200
        if isinstance(answer, int):
            return answer
        raise answer()

    def open_session(self, key: str | None = None, amount: int = 3990, **more: Any) -> stripe.checkout.Session:
        """A session over an amount of fen."""
        product = {"name": "水墨山水 LoRA"}
        parameters: Any = {
            "mode": "payment",
            "payment_method_types": ["card", "alipay", "wechat_pay"],
            "payment_method_options": {"wechat_pay": {"client": "web"}},
            "line_items": [
                {"price_data": {"currency": "cny", "unit_amount": amount, "product_data": product}, "quantity": 1}
            ],
            "success_url": "http://shop.test/done?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "http://shop.test/left",
            **more,
        }
        return self.stripe.v1.checkout.sessions.create(parameters, {"idempotency_key": key} if key else {})

    def paid(self, method: str = "card", outcome: str = "succeed", **more: Any) -> stripe.PaymentIntent:
        """The intent of a session paid (or not) in this way, its charge expanded."""
        session = self.open_session(**more)
        self.control("POST", f"/sessions/{session.id}/pay", method=method, outcome=outcome)
        return self.intent(session.id)

    def intent(self, session_id: str) -> stripe.PaymentIntent:
        """The intent of a session, its charge expanded."""
        session = self.stripe.v1.checkout.sessions.retrieve(session_id, {"expand": ["payment_intent.latest_charge"]})
        assert isinstance(session.payment_intent, stripe.PaymentIntent)
        return session.payment_intent

    def control(self, method: str, path: str, /, **order: Any) -> Any:
        """Use the controls."""
        answer = self.call(method, f"/sandbox{path}", json=order if method == "POST" else None)
        assert answer.status_code < 300, answer.get_data(as_text=True)
        return answer.get_json()

    def call(self, method: str, path: str, **more: Any) -> TestResponse:
        """A bare call with the key."""
        headers = {"Authorization": f"Bearer {KEY}", **more.pop("headers", {})}
        return self.app.test_client().open(path, method=method, headers=headers, **more)

    def types(self) -> list[str]:
        """The types of all events, oldest first."""
        with self.sandbox.store.reading() as tx:
            return [event["type"] for event in tx.all("event")]

    def pass_time(self, seconds: float) -> None:
        """Let time pass and what has come due happen."""
        self.sandbox.clock.advance(seconds)
        self.sandbox.timers.run_due()

    def close(self) -> None:
        """Let go of the memory."""
        self.sandbox.store.close()
