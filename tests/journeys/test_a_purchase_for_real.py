"""A purchase under gunicorn, PostgreSQL, RabbitMQ and nginx, as compose runs them, with every worker killed once."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
import requests

from deploy.demo.studio import Studio
from deploy.sandbox.stripe.options import Options
from deploy.sandbox.stripe.server import serving
from services.catalog.domain.affirmations import current_sentences
from shared.auth import Reader, TokenSigner
from shared.files.safetensors import hashes, read_trace
from tests.browser.ports import free_ports
from tests.journeys.installation import SERVICES, Installation
from tests.service.catalog.publishing.studio import details, picture
from tests.unit.files.making import lora_file
from tests.waiting import wait_for

pytestmark = [pytest.mark.postgres, pytest.mark.rabbitmq, pytest.mark.nginx, pytest.mark.timeout(300)]
KEY, SECRET = "sk_test_" + "4" * 24, "whsec_" + "4" * 24


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Installation]:
    port = free_ports(1)[0]
    made = Installation(tmp_path, f"http://127.0.0.1:{port}", SECRET, KEY)
    options = Options(
        data=tmp_path / "stripe",
        api_key=KEY,
        webhook_secret=SECRET,
        webhook_url=f"{made.url}/api/orders/webhooks/stripe",
    )
    with serving(options, port=port):
        try:
            made.start()
            yield made
        finally:
            made.stop()


class Client:
    """A person at the APIs, through the front."""

    def __init__(self, url: str, signer: TokenSigner, who: UUID) -> None:
        self._url, self._signer, self._reader = url, signer, Reader(who, frozenset({"customer"}))

    def ask(self, service: str, method: str, path: str, body: Any = None) -> requests.Response:
        headers = {"Authorization": "Bearer " + self._signer.sign(service, self._reader)}
        headers["Idempotency-Key"] = str(uuid4())
        return requests.request(method, f"{self._url}/api/{service}{path}", json=body, headers=headers, timeout=30)

    def done(self, service: str, method: str, path: str, body: Any = None) -> Any:
        answer = self.ask(service, method, path, body)
        assert answer.status_code < 300, answer.text
        return answer.json()


def test_a_pack_is_sold_through_the_front_while_every_worker_is_killed_once(
    running: Installation, tmp_path: Path
) -> None:
    signer = TokenSigner(running.variables["TOKEN_PRIVATE_KEY"])
    content = lora_file()
    product_id = publish(Studio(f"{running.url}/api/catalog", signer, uuid4()), content, tmp_path)
    buyer = Client(running.url, signer, uuid4())

    wait_for(lambda: buyer.ask("orders", "PUT", f"/cart/lines/{product_id}", {"quantity": 1}).ok, "the offer")
    kill_and_restart(running, "orders-worker")
    order = place(buyer, product_id)
    checkout = buyer.done("orders", "POST", f"/orders/{order['id']}/payment", {})
    kill_and_restart(running, "catalog-worker")
    pay(running, checkout["checkout_url"])
    kill_and_restart(running, "storefront-worker")
    wait_for(lambda: buyer.done("orders", "GET", f"/orders/{order['id']}")["status"] == "completed", "delivery", 60)

    [owned] = buyer.done("catalog", "GET", "/library")["items"]
    held = buyer.done("catalog", "GET", f"/library/{owned['id']}")
    copy = download(running, buyer, held)
    assert hashes(io.BytesIO(copy)).autov3 == hashes(io.BytesIO(content)).autov3
    trace = read_trace(io.BytesIO(copy))
    assert trace is not None
    assert order["number"] in trace.values()
    assert requests.get(f"{running.url}/products/{owned['product']['slug']}", timeout=30).status_code == 200
    assert requests.get(f"{running.url}/api/orders/metrics", timeout=30).status_code == 404
    nothing_is_left_over(running)


def publish(studio: Studio, content: bytes, folder: Path) -> str:
    path, sample = folder / "ink.safetensors", folder / "sample.png"
    path.write_bytes(content)
    sample.write_bytes(picture())
    product = studio.call("POST", "/products", {"kind": "lora", "title": {"zh": "江南水墨", "en": "Ink"}})
    product_id = str(product["id"])
    studio.call("PATCH", f"/products/{product_id}", details(1990))
    version = product["versions"][0]["id"]
    studio.call("POST", f"/versions/{version}/files", {"upload_id": studio.upload(path, "file")})
    studio.call("POST", f"/products/{product_id}/pictures", {"upload_id": studio.upload(sample, "picture")})
    studio.wait_until(product_id, lambda one: not one["missing"])
    body = {"affirmation_version": current_sentences().version, "affirmed": True}
    studio.call("POST", f"/products/{product_id}/publication", body)
    studio.wait_until(product_id, lambda one: one["state"] == "published")
    return product_id


def place(buyer: Client, product_id: str) -> Any:
    cart = buyer.done("orders", "GET", "/cart")
    terms = [{"key": one["key"], "version": one["version"]} for line in cart["lines"] for one in line["terms"]]
    lines = [{"offer_id": product_id, "quantity": 1}]
    body = {"lines": lines, "fingerprint": cart["fingerprint"], "accepted_terms": terms}
    return buyer.done("orders", "POST", "/orders", body)


def pay(running: Installation, checkout_url: str) -> None:
    session_id = checkout_url.rstrip("/").rpartition("/")[2].partition("?")[0].partition("#")[0]
    sandbox = running.variables["STRIPE_API_BASE"]
    answer = requests.post(
        f"{sandbox}/sandbox/sessions/{session_id}/pay",
        json={"method": "card", "outcome": "succeed"},
        headers={"Authorization": f"Bearer {KEY}"},
        timeout=30,
    )
    assert answer.ok, answer.text


def kill_and_restart(running: Installation, name: str) -> None:
    running.kill(name)
    running.run(name)


def download(running: Installation, buyer: Client, held: dict[str, Any]) -> bytes:
    file_id = held["products"][0]["versions"][0]["files"][0]["id"]
    link = buyer.done("catalog", "POST", f"/entitlements/{held['id']}/files/{file_id}/links")
    answer = requests.get(running.url + link["url"], timeout=30)
    assert answer.status_code == 200
    return answer.content


def nothing_is_left_over(running: Installation) -> None:
    """The outboxes are empty and nothing is parked, in every service."""
    for service in SERVICES:
        url = f"host=127.0.0.1 user=postgres dbname=huafang_{service}"
        wait_for(lambda url=url: _count(url, "outbox WHERE published_at IS NULL") == 0, f"{service}'s outbox", 30)
        assert _count(url, "timers WHERE status = 'parked'") == 0
        assert _count(url, "inbox WHERE status = 'parked'") == 0


def _count(url: str, what: str) -> int:
    with psycopg.connect(url) as connection:
        row = connection.execute(f"SELECT count(*) FROM {what}".encode()).fetchone()
        return int(row[0]) if row else -1
