"""What storefront is told from outside, beside what every service is told."""

import json
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator

from shared.auth import TokenSigner
from shared.settings import INSECURE, ServiceSettings


class StorefrontSettings(ServiceSettings):
    token_public_keys: str = Field(default="", description="not needed here: derived from the private key")
    token_private_key: SecretStr = Field(description="Ed25519 JWK that signs tokens: the JSON itself or a file's path")
    session_secret: SecretStr = Field(description="signs the session cookie, 32 characters or more")
    session_secret_before: SecretStr = Field(default=SecretStr(""), description="the one before, while rotating")
    password_pepper: SecretStr = Field(description="mixed into every password before argon2id, 32 characters or more")
    totp_secret: SecretStr = Field(description="encrypts second-factor secrets at rest, 32 characters or more")
    catalog_url: str = Field(default="http://127.0.0.1:8000/api/catalog", description="where storefront calls catalog")
    orders_url: str = Field(default="http://127.0.0.1:8000/api/orders", description="where storefront calls orders")
    payment_page_origins: list[str] = Field(
        default=["https://checkout.stripe.com"],
        description="origins that a checkout may send the buyer to (the page's form-action)",
    )
    mail_folder: str = Field(default="", description="letters are written here as .eml instead of being sent")
    smtp_url: SecretStr = Field(default=SecretStr(""), description="smtp://user:password@host:587 or smtps://")
    mail_from: str = "画坊 Huafang <no-reply@example.test>"
    connect_seconds: float = 2
    read_seconds: float = 10

    @model_validator(mode="after")
    def _secrets_of_accounts_are_strong(self) -> "StorefrontSettings":
        for name in ("session_secret", "password_pepper", "totp_secret"):
            secret = getattr(self, name).get_secret_value()
            if len(secret) < 32 or (self.environment == "production" and secret.startswith(INSECURE)):
                raise ValueError(f"{name.upper()} must be 32 characters or more and not a sample value")
        if self.environment == "production":
            self._check_production()
        return self

    def _check_production(self) -> None:
        if self.mail_folder or not self.smtp_url.get_secret_value():
            raise ValueError("production sends mail by SMTP_URL, never to MAIL_FOLDER")
        if not self.is_secure:
            raise ValueError("PUBLIC_URL must begin with https:// in production: sign-in cookies are Secure")

    @property
    def is_secure(self) -> bool:
        return urlsplit(self.public_url).scheme == "https"

    def private_jwk(self) -> str:
        """The private key's JWK JSON, whether the setting holds it or names a file."""
        value = self.token_private_key.get_secret_value().strip()
        return value if value.startswith("{") else Path(value).read_text(encoding="utf-8")

    def token_keys_json(self) -> str:
        """The public JWKS, from the private key unless given."""
        if self.token_public_keys:
            return super().token_keys_json()
        return json.dumps(TokenSigner(self.private_jwk()).public_jwks())
