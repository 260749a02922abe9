"""The API of orders: carts, orders, payments, refunds."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast
from urllib.parse import quote

from services.storefront.clients.errors import Refused
from services.storefront.clients.service_client import ServiceClient
from services.storefront.clients.shapes import Cart, ItemPage, Order

Answer = TypeVar("Answer")
# An offer published a moment ago may not have reached orders yet (409 offer-unknown): wait for its event.
WAITS = (0.2, 0.4, 0.8)


class Orders:
    def __init__(self, client: ServiceClient) -> None:
        self._client = client

    def cart(self) -> Cart:
        return cast(Cart, self._client.get("/cart"))

    def put_in_cart(self, offer_id: str, quantity: int) -> Cart:
        """Set how many of an offer are in the cart."""
        path = f"/cart/lines/{_part(offer_id)}"
        return _once_heard_of(lambda: cast(Cart, self._client.put(path, {"quantity": quantity})))

    def take_from_cart(self, offer_id: str) -> Cart:
        return cast(Cart, self._client.delete(f"/cart/lines/{_part(offer_id)}"))

    def merge_cart(self, guest_token: str) -> Cart:
        """Put a guest's cart into the reader's; the guest's own token is the proof that it is theirs."""
        return cast(Cart, self._client.post("/cart/merge", X_Guest_Token=guest_token))

    def place(
        self, lines: Sequence[Mapping[str, Any]], fingerprint: str, terms: Sequence[Mapping[str, str]], key: str
    ) -> Order:
        """Place an order; `key` makes a repeated form the same order."""
        body = {"lines": list(lines), "fingerprint": fingerprint, "accepted_terms": list(terms)}
        return _once_heard_of(lambda: cast(Order, self._client.post("/orders", body, key=key)))

    def pay(self, order_id: str, return_path: str, language: str, key: str) -> str:
        """The address of the payment page for an order."""
        body = {"return_url_path": return_path, "language": language}
        return str(self._client.post(f"/orders/{_part(order_id)}/payment", body, key=key)["checkout_url"])

    def orders(self, cursor: str | None = None) -> ItemPage:
        return cast(ItemPage, self._client.get("/orders", {"cursor": cursor}))

    def order(self, order_id: str) -> Order:
        return cast(Order, self._client.get(f"/orders/{_part(order_id)}"))

    def cancel(self, order_id: str, key: str) -> Order:
        return cast(Order, self._client.post(f"/orders/{_part(order_id)}/cancellation", key=key))

    def search(self, query: str, cursor: str | None = None) -> ItemPage:
        """For operators: orders by number, id or buyer."""
        return cast(ItemPage, self._client.get("/operator/orders", {"q": query, "cursor": cursor}))

    def refund(self, order_id: str, body: Mapping[str, Any], key: str) -> Any:
        """For operators: give money back by line and amount (fen)."""
        return self._client.post(f"/orders/{_part(order_id)}/refunds", dict(body), key=key)

    def alerts(self, cursor: str | None = None) -> ItemPage:
        """For operators: payments that a person must look at."""
        return cast(ItemPage, self._client.get("/operator/alerts", {"cursor": cursor}))

    def resolve(self, alert_id: str) -> None:
        """For operators: say that an alert is dealt with."""
        self._client.post(f"/operator/alerts/{_part(alert_id)}/resolution")


def _part(value: str) -> str:
    return quote(str(value), safe="")


def _once_heard_of(call: Callable[[], Answer]) -> Answer:
    for seconds in WAITS:
        try:
            return call()
        except Refused as error:
            if error.slug != "offer-unknown":
                raise
            time.sleep(seconds)
    return call()
