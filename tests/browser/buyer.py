"""A customer at the shop's pages, in a real browser."""

import email
import re
import time
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.waiting import wait_for

PASSWORD = "teal-mountain-river-42"


class Buyer:
    """Does what a customer does, by what is on the page."""

    def __init__(self, page: Page, url: str, mail: Path, shots: Path) -> None:
        self.page, self.url, self._mail, self._shots = page, url, mail, shots
        self.address = f"buyer-{time.time_ns()}@example.test"

    def shot(self, name: str) -> None:
        self._shots.mkdir(parents=True, exist_ok=True)
        width = (self.page.viewport_size or {"width": 0})["width"]
        self.page.screenshot(path=self._shots / f"{name}-{width}.png", full_page=True)

    def register(self) -> None:
        """Register, open the link in the letter, and sign in."""
        self.page.goto(f"{self.url}/register")
        form = self.page.get_by_test_id("register")
        form.locator("[name=email]").fill(self.address)
        form.locator("[name=display_name]").fill("新画友")
        form.locator("[name=password]").fill(PASSWORD)
        if form.locator("[name=password_confirm]").count():
            form.locator("[name=password_confirm]").fill(PASSWORD)
        self.shot("register")
        self.page.get_by_test_id("register-submit").click()
        self.page.goto(wait_for(self._link_in_letter, "the confirmation letter"))
        self.sign_in()

    def sign_in(self) -> None:
        self.page.goto(f"{self.url}/sign-in")
        form = self.page.get_by_test_id("sign-in")
        form.locator("[name=email]").fill(self.address)
        form.locator("[name=password]").fill(PASSWORD)
        self.page.get_by_test_id("sign-in-submit").click()
        expect(self.page.get_by_test_id("account-menu")).to_be_visible()

    def choose(self, slug: str) -> None:
        """Open a product and go straight to the checkout with it."""
        self.page.goto(f"{self.url}/products/{slug}")
        expect(self.page.get_by_test_id("product-title")).to_be_visible()
        self.shot("product")
        self.page.get_by_test_id("buy-now").click()
        expect(self.page.get_by_test_id("checkout")).to_be_visible()

    def accept_and_order(self) -> None:
        for box in self.page.get_by_test_id("checkout").locator("input[type=checkbox]").all():
            box.check()
        self.shot("checkout")
        self.page.get_by_test_id("place-order").click()

    def pay_by_card(self) -> None:
        """On the gateway's own page, with the test card; comes back to the order."""
        expect(self.page.get_by_test_id("sandbox-banner")).to_be_visible()
        self.shot("gateway")
        self.page.get_by_test_id("pay-card-number").fill("4242424242424242")
        self.page.get_by_test_id("pay-submit").click()
        self.page.wait_for_url(re.compile(r".*/orders/.*"))

    def wait_for_delivery(self) -> None:
        """The order page moves on by itself."""
        expect(self.page.get_by_test_id("go-to-library")).to_be_visible(timeout=30_000)
        self.shot("order")

    def download(self, folder: Path) -> Path:
        """The first file of the newest thing in the library."""
        self.page.goto(f"{self.url}/library")
        self.shot("library")
        self.page.get_by_test_id("library-item").first.get_by_role("link").first.click()
        self.shot("library-item")
        with self.page.expect_download() as started:
            self.page.get_by_test_id("download").first.click()
        path = folder / started.value.suggested_filename
        started.value.save_as(path)
        return path

    def _link_in_letter(self) -> str:
        for path in self._mail.glob("*.eml"):
            letter = email.message_from_bytes(path.read_bytes(), policy=default)
            assert isinstance(letter, EmailMessage)
            body = letter.get_body(("plain",))
            if self.address in str(letter["To"]) and body is not None:
                found = re.search(r"https?://\S+", body.get_content())
                return found.group(0) if found else ""
        return ""
