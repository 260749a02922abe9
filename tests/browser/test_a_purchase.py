"""From registration to a file on disk, in a real browser at the shop that `make run` starts."""

import io
import json
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from shared.files.safetensors import hashes, read_trace
from tests.browser.buyer import Buyer
from tests.browser.conftest import RunningShop

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]


def a_paid_lora(shop: RunningShop) -> tuple[str, str]:
    """Slug and AutoV3 of a LoRA pack on sale."""
    with urllib.request.urlopen(f"{shop.url}/api/catalog/products?kind=lora&sort=price&limit=50") as answer:
        slug = next(item["slug"] for item in json.load(answer)["items"] if item["price"] > 0)
    with urllib.request.urlopen(f"{shop.url}/api/catalog/products/{slug}") as answer:
        return slug, json.load(answer)["versions"][0]["files"][0]["autov3"]


def test_a_customer_registers_buys_and_downloads_a_copy_made_for_them(
    shop: RunningShop, browser: Browser, shots: Path, tmp_path: Path
) -> None:
    slug, autov3 = a_paid_lora(shop)
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN", accept_downloads=True)
    buyer = Buyer(context.new_page(), shop.url, shop.data / "mail", shots)
    buyer.register()
    buyer.choose(slug)
    buyer.accept_and_order()
    buyer.pay_by_card()
    buyer.wait_for_delivery()
    number = buyer.page.get_by_test_id("order-progress").inner_text()
    path = buyer.download(tmp_path)

    copy = path.read_bytes()
    assert hashes(io.BytesIO(copy)).autov3 == autov3
    trace = read_trace(io.BytesIO(copy))
    assert trace is not None
    order_number = trace["huafang.order"]
    buyer.page.goto(f"{shop.url}/orders")
    assert order_number in buyer.page.content(), number
    context.close()
