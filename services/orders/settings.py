"""What orders is told from outside. Names are the environment variables', in capitals."""

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator

from shared.settings import ServiceSettings

STRIPE = "https://api.stripe.com"
LIVE_KEYS, TEST_KEYS = ("sk_live_", "rk_live_"), ("sk_test_", "rk_test_")
METHODS = frozenset({"card", "alipay", "wechat_pay"})


class OrdersSettings(ServiceSettings):
    """Money in fen. In production the gateway must be live unless STRIPE_LIVEMODE=false is said aloud."""

    stripe_api_key: SecretStr
    stripe_webhook_secret: SecretStr
    stripe_webhook_secret_before: SecretStr = Field(default=SecretStr(""), description="the old one, while it rotates")
    stripe_api_base: str = STRIPE
    stripe_livemode: bool | None = Field(default=None, description="default: true in production, false elsewhere")
    stripe_account: str = Field(default="", description="acct_...; a notice about another account is a mismatch")
    stripe_connect_timeout: float = Field(default=5, gt=0, le=20)
    stripe_timeout: float = Field(default=15, gt=0, le=60)
    stripe_retries: int = Field(default=2, ge=0, le=5)
    payment_methods: str = "card,alipay,wechat_pay"
    # DOMAIN 6: Stripe's least charge is worth about 0.50 USD, 5.00 yuan is above it in every settlement currency.
    payment_minimum: int = Field(default=500, ge=1)
    payment_maximum: int = Field(default=99_999_999, ge=1, le=99_999_999)
    payment_attempts: int = Field(default=20, ge=1, description="checkouts one order may open")
    # docs.stripe.com/api/checkout/sessions/create: expires_at is 30 minutes to 24 hours after creation.
    order_minutes: int = Field(default=30, ge=30, le=1380)
    cart_lines: int = Field(default=100, ge=1, le=500, description="lines a cart and an order may have")
    cart_days: int = Field(default=90, ge=1, description="an untouched cart is forgotten after these")
    notice_attempts: int = Field(default=8, ge=1, description="tries before an unmatched notice is set aside")
    sweep_seconds: int = Field(default=60, ge=1)
    reconcile_seconds: int = Field(default=3600, ge=1)
    currency: Literal["CNY"] = "CNY"

    @property
    def livemode(self) -> bool:
        """Whether real money moves."""
        return self.environment == "production" if self.stripe_livemode is None else self.stripe_livemode

    def methods(self) -> list[str]:
        """The payment methods offered, in order."""
        return [name.strip() for name in self.payment_methods.split(",") if name.strip()]

    def webhook_secrets(self) -> list[SecretStr]:
        """The secrets a notice may be signed with: one, or two during a rotation."""
        before = self.stripe_webhook_secret_before
        return [self.stripe_webhook_secret] + ([before] if before.get_secret_value() else [])

    @model_validator(mode="after")
    def _gateway_is_whole(self) -> "OrdersSettings":
        key, live = self.stripe_api_key.get_secret_value(), self.livemode
        if not key.startswith(LIVE_KEYS if live else TEST_KEYS):
            raise ValueError(f"STRIPE_API_KEY must be a {'live' if live else 'test'} key (see STRIPE_LIVEMODE)")
        if live and self.stripe_api_base.rstrip("/") != STRIPE:
            raise ValueError("a live key is sent to Stripe itself and nowhere else: leave STRIPE_API_BASE out")
        if urlsplit(self.stripe_api_base).scheme not in ("http", "https"):
            raise ValueError("STRIPE_API_BASE must begin with https:// or http://")
        for secret in self.webhook_secrets():
            if not secret.get_secret_value().startswith("whsec_") or len(secret) < 16:
                raise ValueError("STRIPE_WEBHOOK_SECRET must begin with whsec_ and have 16 characters or more")
        if not self.methods() or not set(self.methods()) <= METHODS:
            raise ValueError("PAYMENT_METHODS must name some of card, alipay, wechat_pay")
        return self
