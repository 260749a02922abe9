"""The test cards (docs.stripe.com/testing), and what their banks say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Decline:
    """Why a card was refused: Stripe's code, the bank's, and the words a customer reads."""

    code: str
    decline_code: str | None
    message: str


@dataclass(frozen=True)
class SandboxCard:
    """A card number that always behaves in the same way."""

    number: str
    brand: str
    country: str = "US"
    decline: Decline | None = None
    asks_the_bank: bool = False
    is_disputed: bool = False

    @property
    def spaced(self) -> str:
        """In groups of four, as on the card."""
        return " ".join(self.number[start : start + 4] for start in range(0, len(self.number), 4))


DECLINED = Decline("card_declined", "generic_decline", "Your card was declined.")
NO_FUNDS = Decline("card_declined", "insufficient_funds", "Your card has insufficient funds.")
EXPIRED = Decline("expired_card", "expired_card", "Your card has expired.")
WRONG_CVC = Decline("incorrect_cvc", "incorrect_cvc", "Your card's security code is incorrect.")
TRY_LATER = Decline(
    "processing_error",
    "processing_error",
    "An error occurred while processing your card. Try again in a little bit.",
)
REAL_CARD = Decline(
    "card_declined",
    "test_mode_live_card",
    "Your card was declined. Your request was in test mode, but used a non test card.",
)
WRONG_NUMBER = Decline("incorrect_number", None, "Your card number is incorrect.")
WRONG_DATE = Decline("invalid_expiry_year", None, "Your card's expiration date is incorrect.")

CARDS = (
    SandboxCard("4242424242424242", "visa"),
    SandboxCard("5555555555554444", "mastercard"),
    SandboxCard("6200000000000005", "unionpay", country="CN"),
    SandboxCard("4000002500003155", "visa", asks_the_bank=True),
    SandboxCard("4000000000000259", "visa", is_disputed=True),
    SandboxCard("4000000000000002", "visa", decline=DECLINED),
    SandboxCard("4000000000009995", "visa", decline=NO_FUNDS),
    SandboxCard("4000000000000069", "visa", decline=EXPIRED),
    SandboxCard("4000000000000127", "visa", decline=WRONG_CVC),
    SandboxCard("4000000000000119", "visa", decline=TRY_LATER),
)


def luhn_valid(number: str) -> bool:
    """Whether the check digit of a card number is right (ISO/IEC 7812-1, annex B)."""
    digits = [int(digit) for digit in reversed(number)]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[0::2]) + sum(doubled)) % 10 == 0


def card_for(number: str) -> SandboxCard | Decline:
    """The card of a number typed in, or why there is none."""
    digits = "".join(number.split()).replace("-", "")
    if not (digits.isascii() and digits.isdigit() and 12 <= len(digits) <= 19 and luhn_valid(digits)):
        return WRONG_NUMBER
    return next((card for card in CARDS if card.number == digits), REAL_CARD)


def expiry(text: str, now: float) -> tuple[int, int] | None:
    """(month, year) from "12 / 34"; None when it is no date or has passed."""
    digits = "".join(character for character in text if character.isascii() and character.isdigit())
    if len(digits) not in (4, 6):
        return None
    month, year = int(digits[:2]), int(digits[2:]) + (2000 if len(digits) == 4 else 0)
    today = datetime.fromtimestamp(now, UTC)
    return (month, year) if 1 <= month <= 12 and (today.year, today.month) <= (year, month) else None
