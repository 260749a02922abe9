"""The demo's secrets: made once, kept in the data folder, readable by its owner alone."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from shared.auth import TokenSigner

RANDOM = ("catalog", "orders", "storefront", "session", "pepper", "totp")


@dataclass(frozen=True)
class Secrets:
    token_private_key: str
    catalog: str
    orders: str
    storefront: str
    session: str
    pepper: str
    totp: str
    stripe_key: str
    stripe_webhook: str


def load_or_make(folder: Path) -> Secrets:
    """The secrets of this data folder; the same at every start, so that sessions and links go on."""
    path = folder / "secrets.json"
    if path.exists():
        return Secrets(**json.loads(path.read_text(encoding="utf-8")))
    made = Secrets(
        token_private_key=TokenSigner.generate(),
        **{name: secrets.token_urlsafe(48) for name in RANDOM},
        stripe_key="sk_test_" + secrets.token_hex(16),
        stripe_webhook="whsec_" + secrets.token_hex(16),
    )
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(asdict(made), file, indent=2)
    return made
