"""The payment page in a real browser: every way to pay, both languages, both themes, and axe."""

import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.contracts.stripe.receiver import Receiver, receiving
from tests.contracts.stripe.shop import Shop

pytestmark = [pytest.mark.browser]

WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def merchant() -> Iterator[Receiver]:
    """Something answers where the merchant is said to be."""
    with receiving() as listening:
        yield listening


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    page.set_default_timeout(10_000)
    yield page
    page.close()


def go(page: Page, shop: Shop, merchant: Receiver, **more: Any) -> str:
    """Go and pay a new session; answers its id."""
    back = merchant.url.removesuffix("/webhooks/stripe")
    addresses = {"success_url": back + "/done?session={CHECKOUT_SESSION_ID}", "cancel_url": back + "/left"}
    session = shop.open_session(**{**addresses, **more})
    assert session.url
    page.goto(session.url)
    return session.id


def arrive(page: Page, session_id: str) -> None:
    """The browser ends at the merchant's."""
    page.wait_for_url(f"**/done?session={session_id}")


def test_a_declined_card_is_told_and_another_one_pays(page: Page, shop: Shop, merchant: Receiver) -> None:
    session = go(page, shop, merchant)
    expect(page.get_by_test_id("pay-total")).to_have_text("¥63.90")
    page.get_by_test_id("pay-card-number").fill("4000 0000 0000 0002")
    page.get_by_test_id("pay-submit").click()
    expect(page.get_by_test_id("pay-error")).to_contain_text("银行拒绝")
    expect(page.get_by_test_id("pay-card-number")).to_have_value("4000 0000 0000 0002")
    page.locator(".language").click()
    page.get_by_test_id("card-4242").click()
    page.get_by_test_id("pay-submit").click()
    arrive(page, session)


def test_alipay_is_refused_and_then_authorised(page: Page, shop: Shop, merchant: Receiver) -> None:
    session = go(page, shop, merchant)
    page.get_by_test_id("tab-alipay").click()
    page.get_by_test_id("pay-submit").click()
    page.get_by_test_id("alipay-fail").click()
    expect(page.get_by_test_id("pay-error")).to_be_visible()
    page.get_by_test_id("pay-submit").click()
    page.get_by_test_id("alipay-authorise").click()
    arrive(page, session)


def test_a_phone_that_reads_the_code_pays_and_the_computer_goes_on(
    browser: Browser, page: Page, shop: Shop, merchant: Receiver
) -> None:
    session = go(page, shop, merchant)
    page.get_by_test_id("tab-wechat").click()
    code = page.get_by_test_id("wechat-qr").get_attribute("data-address")
    assert code
    phone = browser.new_page()
    phone.goto(code)
    phone.get_by_test_id("wechat-confirm").click()
    expect(phone.get_by_test_id("ended-done")).to_be_visible()
    phone.close()
    arrive(page, session)


def test_the_button_below_the_code_pays_too(page: Page, shop: Shop, merchant: Receiver) -> None:
    session = go(page, shop, merchant)
    page.get_by_test_id("tab-wechat").click()
    page.get_by_test_id("wechat-paid").click()
    arrive(page, session)


def test_it_works_without_scripts(browser: Browser, shop: Shop, merchant: Receiver) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    session = go(page, shop, merchant)
    page.get_by_test_id("tab-wechat").click()
    page.get_by_test_id("wechat-paid").click()
    arrive(page, session)
    context.close()


def test_one_may_pay_later_or_leave(page: Page, shop: Shop, merchant: Receiver) -> None:
    session = go(page, shop, merchant)
    page.get_by_test_id("pay-later").click()
    arrive(page, session)
    go(page, shop, merchant)
    page.get_by_test_id("pay-cancel").click()
    page.wait_for_url("**/left")


def test_the_keyboard_is_enough(page: Page, shop: Shop, merchant: Receiver) -> None:
    session = go(page, shop, merchant)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")
    page.get_by_test_id("pay-card-number").focus()
    for field in ("pay-card-expires", "pay-card-cvc", "pay-card-name", "pay-submit"):
        page.keyboard.press("Tab")
        expect(page.get_by_test_id(field)).to_be_focused()
    page.keyboard.press("Enter")
    arrive(page, session)


@pytest.mark.parametrize(
    ("language", "width", "scheme"),
    [("zh", 390, "light"), ("en", 390, "dark"), ("en", 1280, "light"), ("zh", 1280, "dark")],
)
def test_axe_finds_nothing(
    browser: Browser, shop: Shop, merchant: Receiver, scheme: str, width: int, language: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 844},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    go(page, shop, merchant, locale=language)
    check(page)
    page.get_by_test_id("pay-card-number").fill("4000 0000 0000 0002")
    page.get_by_test_id("more-cards").click()
    page.get_by_test_id("pay-submit").click()
    page.get_by_test_id("more-cards").click()
    check(page)
    page.get_by_test_id("tab-wechat").click()
    check(page)
    page.get_by_test_id("tab-alipay").click()
    check(page)
    page.get_by_test_id("pay-submit").click()
    check(page)
    context.close()


def check(page: Page) -> None:
    """No rule of WCAG 2.2 AA is broken, and nothing is wider than the window."""
    found = Axe().run(page, options=WCAG)
    assert found.violations_count == 0, found.generate_report()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
