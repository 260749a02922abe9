"""What each service is told in the demo: the same settings as in production, with local answers."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.local.secrets import Secrets
from services.catalog.settings import CatalogSettings
from services.orders.settings import OrdersSettings
from services.storefront.settings import StorefrontSettings
from shared.auth import TokenSigner


@dataclass(frozen=True)
class Demo:
    """One demo: its folder, its ports, its databases. Two demos share nothing."""

    data: Path
    port: int
    secrets: Secrets
    databases: dict[str, str]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def sandbox_port(self) -> int:
        return self.port + 1

    @property
    def sandbox_url(self) -> str:
        return f"http://127.0.0.1:{self.sandbox_port}"

    @property
    def api_port(self) -> int:
        """Where storefront reaches the services, past the threads that serve its own pages."""
        return self.port + 2

    @property
    def signer(self) -> TokenSigner:
        return TokenSigner(self.secrets.token_private_key)

    def catalog(self) -> CatalogSettings:
        return CatalogSettings(**self._common("catalog", self.secrets.catalog))

    def orders(self) -> OrdersSettings:
        return OrdersSettings(
            **self._common("orders", self.secrets.orders),
            stripe_api_key=self.secrets.stripe_key,
            stripe_api_base=self.sandbox_url,
            stripe_webhook_secret=self.secrets.stripe_webhook,
        )

    def storefront(self) -> StorefrontSettings:
        api = f"http://127.0.0.1:{self.api_port}"
        return StorefrontSettings(
            **self._common("storefront", self.secrets.storefront),
            token_private_key=self.secrets.token_private_key,
            session_secret=self.secrets.session,
            password_pepper=self.secrets.pepper,
            totp_secret=self.secrets.totp,
            catalog_url=f"{api}/api/catalog",
            orders_url=f"{api}/api/orders",
            payment_page_origins=[self.sandbox_url],
            mail_folder=str(self.data / "mail"),
        )

    def _common(self, service: str, secret: str) -> dict[str, Any]:
        return {
            "environment": "demo",
            "database_url": self.databases[service],
            "broker_url": "memory://",
            "storage_url": f"file://{self.data / 'files'}",
            "token_public_keys": json.dumps(self.signer.public_jwks()),
            "signing_secret": secret,
            "public_url": self.url,
            "proxies": 0,
        }
