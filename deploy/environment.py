"""`make env`: .env.example with a fresh secret wherever one is wanted, printed for a new installation."""

import json
import secrets
from pathlib import Path

from shared.auth import TokenSigner

EXAMPLE = Path(__file__).resolve().parents[1] / ".env.example"
RANDOM = ("_PASSWORD", "_SIGNING_SECRET", "SESSION_SECRET", "PASSWORD_PEPPER", "TOTP_SECRET")


def fresh_environment() -> dict[str, str]:
    """Every variable of .env.example, the secrets made new; what only the operator knows stays empty."""
    variables = dict(
        line.split("=", 1) for line in EXAMPLE.read_text(encoding="utf-8").splitlines() if _names_one(line)
    )
    private = TokenSigner.generate()
    made = {name: secrets.token_urlsafe(48) for name in variables if name.endswith(RANDOM)}
    keys = {
        "TOKEN_PRIVATE_KEY": private,
        "TOKEN_PUBLIC_KEYS": json.dumps(TokenSigner(private).public_jwks()),
    }
    return variables | made | keys


def _names_one(line: str) -> bool:
    return "=" in line and not line.startswith("#")


if __name__ == "__main__":
    for name, value in fresh_environment().items():
        # Single quotes: docker compose then leaves $ and " alone.
        print(f"{name}='{value}'")
