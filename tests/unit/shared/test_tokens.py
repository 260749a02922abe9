import base64
import json
from uuid import uuid4

import pytest

from shared.auth import Reader, TokenSigner, TokenVerifier
from shared.problems import Unauthenticated

SIGNER = TokenSigner(TokenSigner.generate())
VERIFIER = TokenVerifier(json.dumps(SIGNER.public_jwks()), "orders")
READER = Reader(uuid4(), frozenset({"customer"}), frozenset({uuid4()}))


def test_a_token_brings_its_reader_back() -> None:
    assert VERIFIER.read(SIGNER.sign("orders", READER)) == READER


def test_a_private_key_never_stands_in_the_published_keys() -> None:
    assert all("d" not in key for key in SIGNER.public_jwks()["keys"])


def _unsigned() -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    _header, claims, _signature = SIGNER.sign("orders", READER).split(".")
    return f"{part({'alg': 'none'})}.{claims}."


@pytest.mark.parametrize(
    "token",
    [
        "",
        "not.a.token",
        SIGNER.sign("catalog", READER),
        SIGNER.sign("orders", READER, lifetime=-60),
        TokenSigner(TokenSigner.generate()).sign("orders", READER),
        SIGNER.sign("orders", READER)[:-4] + "AAAA",
        _unsigned(),
    ],
    ids=["empty", "garbage", "other service", "expired", "other key", "edited", "unsigned"],
)
def test_a_token_that_does_not_hold_is_refused(token: str) -> None:
    with pytest.raises(Unauthenticated):
        VERIFIER.read(token)
