"""A service that would move money wrongly does not start."""

from typing import Any

import pytest
from pydantic import ValidationError

from services.orders.settings import OrdersSettings

GOOD: dict[str, Any] = {
    "environment": "test",
    "database_url": "postgresql+psycopg://x/y",
    "storage_url": "file:///tmp",
    "token_public_keys": "{}",
    "signing_secret": "a" * 40,
    "stripe_api_key": "sk_test_1",
    "stripe_webhook_secret": "whsec_0123456789",
}


def test_tests_and_demos_use_test_keys_by_default() -> None:
    assert OrdersSettings(**GOOD).livemode is False


@pytest.mark.parametrize(
    "change",
    [
        {"environment": "production"},
        {"environment": "production", "stripe_livemode": True},
        {"stripe_api_key": "sk_live_1"},
        {"stripe_livemode": True},
        {"stripe_api_key": "pk_test_1"},
        {"stripe_api_key": "sk_live_1", "stripe_livemode": True, "stripe_api_base": "http://127.0.0.1:4242"},
        {"stripe_api_base": "ftp://x"},
        {"stripe_webhook_secret": ""},
        {"stripe_webhook_secret": "whsec_1"},
        {"stripe_webhook_secret": "0123456789abcdef"},
        {"stripe_webhook_secret_before": "short"},
        {"payment_methods": ""},
        {"payment_methods": "card,cash"},
        {"order_minutes": 29},
        {"order_minutes": 1441},
        {"payment_minimum": 0},
    ],
)
def test_a_setting_that_does_not_fit_the_others_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as refusal:
        OrdersSettings(**(GOOD | change))
    assert "sk_live_1" not in str(refusal.value)


def test_production_is_live_unless_the_opposite_is_said_aloud() -> None:
    live = {"environment": "production", "stripe_api_key": "rk_live_1"}
    assert OrdersSettings(**(GOOD | live)).livemode is True
    rehearsal = {"environment": "production", "stripe_livemode": False}
    assert OrdersSettings(**(GOOD | rehearsal)).livemode is False


def test_the_variables_are_the_field_names_in_capitals(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GOOD.items():
        monkeypatch.setenv(name.upper(), value)
    monkeypatch.setenv("STRIPE_LIVEMODE", "false")
    monkeypatch.setenv("PAYMENT_METHODS", "card, wechat_pay")
    assert OrdersSettings().methods() == ["card", "wechat_pay"]
