"""The pages over services that answer, refuse, or are away."""

from typing import Any

import pytest
from flask import Flask

from services.storefront.domain.person import Person
from shared.auth import TokenSigner, TokenVerifier
from tests.service.storefront.conftest import Browser, FakeService, make_person

OFFER = "01a20d13-c2d0-7204-ba68-a5a72ca03a35"
TERMS = {"key": "pack-licence", "version": "1", "title": {"zh": "素材包许可", "en": "Pack licence"}}
ORDER: dict[str, Any] = {
    "id": "01a20d30-1cd0-72e1-b952-316e53cc75df",
    "number": "HF20261124-AAAAAA",
    "status": "awaiting_payment",
    "total": 990,
    "refunded": 0,
    "placed_at": "2026-11-24T10:00:00+00:00",
    "lines": [],
    "steps": [{"name": "placed", "state": "done", "at": "2026-11-24T10:00:00+00:00", "turn": None, "by": None}],
    "timeline": [{"at": "2026-11-24T10:00:00+00:00", "kind": "placed", "actor": "buyer", "data": {}}],
    "buyer_id": OFFER,
}


def cart(price: int = 990, fingerprint: str = "f" * 64) -> dict[str, Any]:
    line = {
        "offer_id": OFFER,
        "title": {"zh": "雾竹", "en": "Bamboo in Mist"},
        "kind": "lora",
        "url": "/products/bamboo",
        "picture_url": "",
        "quantity": 1,
        "max_quantity": 1,
        "price": price,
        "amount": price,
        "terms": [TERMS | {"url": "/terms/pack-licence/1", "sha256": "0" * 64}],
        "available": True,
        "problem": None,
    }
    return {"lines": [line], "total": price, "currency": "CNY", "fingerprint": fingerprint}


def product(**changes: Any) -> dict[str, Any]:
    return {
        "id": OFFER,
        "slug": "bamboo",
        "kind": "lora",
        "title": {"zh": "雾竹", "en": "Bamboo in Mist"},
        "text": {"zh": "<script>alert(1)</script> **远近**", "en": ""},
        "creator": {"id": OFFER, "display_name": "<b>青墨</b>"},
        "price": 990,
        "permissions": {"sell_images": True, "credit_required": True},
        "pictures": [],
        "versions": [],
        "offer_id": OFFER,
        "can_buy": True,
    } | changes


def shelf(*products: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"items": list(products), "facets": {}, "total": len(products), "next_cursor": None} | more


def place(browser: Browser, accept: str = "pack-licence@1", **changes: str) -> Any:
    data = {
        "key": "01a20d30-1cd0-72e1-b952-316e53cc75df",
        "fingerprint": "f" * 64,
        "line": f"{OFFER}@1",
        "shown": f"{OFFER}@990",
        "accept": accept,
    }
    return browser.post("/checkout", data | changes, page="/account")


def test_the_front_page_opens_its_doors_while_catalog_is_away(browser: Browser, catalog: FakeService) -> None:
    catalog.is_down = True
    page = browser.get("/")
    assert page.status_code == 200
    assert "作品暂时没有回应" in page.text


def test_a_list_costs_the_same_calls_however_long_it_is(browser: Browser, catalog: FakeService) -> None:
    calls = []
    for count in (1, 20):
        catalog.asked.clear()
        catalog.say("GET /products", shelf(*[product(id=str(n), slug=f"p{n}") for n in range(count)]))
        assert browser.get("/").text.count('data-testid="work-card"') == min(count, 20)
        calls.append(len(catalog.asked))
    assert calls[0] == calls[1] == 2


def test_a_page_that_needs_an_absent_service_says_what_to_do(browser: Browser, catalog: FakeService) -> None:
    catalog.is_down = True
    page = browser.get("/browse")
    assert page.status_code == 503
    assert page.headers["Retry-After"]
    assert "什么也没有丢" in page.text


def test_words_of_others_are_shown_and_never_run(browser: Browser, catalog: FakeService) -> None:
    catalog.say("GET /products/bamboo", product())
    catalog.say(f"GET /products/{OFFER}/similar", {"items": []})
    page = browser.get("/products/bamboo").text
    assert "<script>alert" not in page
    assert "<b>青墨" not in page
    assert "<strong>远近</strong>" in page


def test_no_page_holds_inline_script_or_style(browser: Browser, catalog: FakeService) -> None:
    catalog.say("GET /products", shelf(product()))
    for path in ("/", "/browse", "/sign-in", "/register", "/cart", "/help/how", "/nowhere"):
        answer = browser.get(path)
        assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
        assert " style=" not in answer.text
        assert " onclick=" not in answer.text
        assert "<script>" not in answer.text


def test_what_a_signed_in_reader_sees_is_stored_nowhere(browser: Browser, customer: Person) -> None:
    browser.sign_in(customer.email)
    answer = browser.get("/account")
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Cookie" in answer.headers["Vary"]


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}]
)
def test_a_form_from_another_site_is_refused(browser: Browser, headers: dict[str, str]) -> None:
    answer = browser.post("/recover", {"email": "a@example.test"}, headers=headers)
    assert answer.status_code == 403


def test_a_form_without_its_token_is_refused(browser: Browser, customer: Person) -> None:
    assert browser.client.post("/sign-in", data={"email": customer.email, "password": "x"}).status_code == 403


def test_language_and_theme_change_without_leaving_the_page(browser: Browser) -> None:
    answer = browser.client.post("/preferences/language", data={"language": "en", "here": "/help/how?a=1"})
    assert answer.headers["Location"] == "/help/how?a=1"
    assert '<html lang="en">' in browser.get("/help/how").text
    away = browser.client.post("/preferences/theme", data={"theme": "dark", "here": "//evil.example/"})
    assert away.headers["Location"] == "/"
    assert 'data-theme="dark"' in browser.get("/help/how").text


def test_a_guest_fills_a_cart_and_takes_it_along_when_signing_in(
    browser: Browser, orders: FakeService, customer: Person
) -> None:
    orders.say(f"PUT /cart/lines/{OFFER}", cart())
    orders.say("GET /cart", cart())
    orders.say("POST /cart/merge", cart())
    browser.post("/cart/lines", {"offer_id": OFFER}, page="/sign-in")
    [(_, body, guest, _)] = orders.calls(f"PUT /cart/lines/{OFFER}")
    assert body == {"quantity": 1}
    assert guest is not None
    assert guest.roles == {"guest"}
    browser.sign_in(customer.email)
    browser.get("/help/how")
    [(_, _, reader, headers)] = orders.calls("POST /cart/merge")
    assert reader is not None
    assert reader.id == customer.id
    proof = TokenVerifier(_keys(browser), audience="orders").read(headers["X-Guest-Token"])
    assert proof.id == guest.id
    browser.get("/help/privacy")
    assert len(orders.calls("POST /cart/merge")) == 1


def _keys(browser: Browser) -> str:
    return str(browser.get("/.well-known/jwks.json").text)


def test_the_published_keys_hold_no_secret(browser: Browser) -> None:
    assert '"d"' not in _keys(browser)
    assert TokenSigner.generate() != _keys(browser)


def test_an_order_is_placed_with_what_was_shown_and_leads_to_the_payment_page(
    browser: Browser, orders: FakeService, customer: Person
) -> None:
    orders.say("GET /cart", cart())
    orders.say("POST /orders", ORDER, 201)
    orders.say(f"POST /orders/{ORDER['id']}/payment", {"checkout_url": "https://checkout.stripe.com/c/1"})
    browser.sign_in(customer.email)
    answer = place(browser)
    assert answer.headers["Location"] == "https://checkout.stripe.com/c/1"
    [(_, body, _, headers)] = orders.calls("POST /orders")
    assert body["lines"] == [{"offer_id": OFFER, "quantity": 1}]
    assert body["accepted_terms"] == [{"key": "pack-licence", "version": "1"}]
    assert "price" not in str(body)
    assert headers["Idempotency-Key"] == "01a20d30-1cd0-72e1-b952-316e53cc75df"


def test_terms_must_be_accepted_before_orders_is_asked(browser: Browser, orders: FakeService, customer: Person) -> None:
    orders.say("GET /cart", cart())
    browser.sign_in(customer.email)
    answer = place(browser, accept="")
    assert answer.status_code == 422
    assert orders.calls("POST /orders") == []


def test_a_changed_price_is_told_with_the_old_one(browser: Browser, orders: FakeService, customer: Person) -> None:
    orders.say("GET /cart", cart())
    orders.refuse("POST /orders", "price-changed", cart=cart(1290, "e" * 64))
    browser.sign_in(customer.email)
    answer = place(browser)
    assert answer.status_code == 409
    assert "¥9.90" in answer.text
    assert "¥12.90" in answer.text
    assert 'value="' + "e" * 64 in answer.text


def test_the_order_stands_when_the_payment_page_does_not_answer(
    browser: Browser, orders: FakeService, customer: Person
) -> None:
    orders.say("GET /cart", cart())
    orders.say("POST /orders", ORDER, 201)
    orders.say(f"POST /orders/{ORDER['id']}/payment", {}, 503)
    orders.say(f"GET /orders/{ORDER['id']}", ORDER)
    browser.sign_in(customer.email)
    answer = place(browser)
    assert answer.headers["Location"] == f"/orders/{ORDER['id']}"
    assert "订单已下" in browser.get(answer.headers["Location"]).text


def test_progress_is_told_only_when_something_happened(browser: Browser, orders: FakeService, customer: Person) -> None:
    orders.say(f"GET /orders/{ORDER['id']}", ORDER)
    browser.sign_in(customer.email)
    first = browser.get(f"/orders/{ORDER['id']}/progress")
    tag = {"If-None-Match": first.headers["ETag"]}
    assert browser.get(f"/orders/{ORDER['id']}/progress", headers=tag).status_code == 304
    orders.say(f"GET /orders/{ORDER['id']}", ORDER | {"status": "paid"})
    assert browser.get(f"/orders/{ORDER['id']}/progress", headers=tag).status_code == 200


def test_another_persons_order_is_not_there(browser: Browser, orders: FakeService, customer: Person) -> None:
    browser.sign_in(customer.email)
    assert browser.get(f"/orders/{ORDER['id']}").status_code == 404


def test_a_download_follows_a_fresh_link(browser: Browser, catalog: FakeService, customer: Person) -> None:
    call = f"POST /entitlements/{OFFER}/files/{OFFER}/links"
    catalog.say(call, {"url": "/api/catalog/downloads/abc", "expires_at": "2026-11-24T10:00:00+00:00"})
    browser.sign_in(customer.email)
    answer = browser.post(f"/library/{OFFER}/files/{OFFER}/download", page="/account")
    assert answer.headers["Location"] == "/api/catalog/downloads/abc"
    catalog.refuse(call, "download-limit-reached", 403)
    catalog.say(f"GET /library/{OFFER}", {"id": OFFER, "state": "active", "products": [], "order_id": OFFER})
    refused = browser.post(f"/library/{OFFER}/files/{OFFER}/download", page="/account", follow_redirects=True)
    assert "已经下载到上限" in refused.text


@pytest.mark.parametrize("path", ["/desk", "/desk/reviews", "/desk/orders", "/desk/traces", "/desk/alerts"])
def test_the_desk_is_hidden_from_customers_and_creators(app: Flask, path: str) -> None:
    creator = make_person(app, "creator@example.test", "creator")
    browser = Browser(app)
    assert browser.get(path).status_code == 303
    browser.sign_in(creator.email)
    assert browser.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/creator/products", "/creator/products/new"])
def test_a_customer_is_offered_to_become_a_creator(browser: Browser, customer: Person, path: str) -> None:
    browser.sign_in(customer.email)
    assert browser.get(path).headers["Location"] == "/account/creator"


def test_a_creators_form_keeps_what_was_typed_after_a_refusal(app: Flask, catalog: FakeService) -> None:
    creator = make_person(app, "creator@example.test", "creator")
    browser = Browser(app)
    browser.sign_in(creator.email)
    errors = [{"pointer": "/title/zh", "detail": "Longer than 120."}]
    catalog.refuse("POST /products", "invalid", 422, errors=errors)
    answer = browser.post("/creator/products", {"kind": "lora", "title_zh": "很长的名字"}, page="/account")
    assert answer.status_code == 422
    assert "很长的名字" in answer.text


def test_machines_find_health_metrics_and_what_not_to_crawl(browser: Browser) -> None:
    assert browser.get("/health/live").status_code == 200
    assert browser.get("/health/ready").json["checks"]["database"] is True
    assert "Disallow: /account" in browser.get("/robots.txt").text
