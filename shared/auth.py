"""Who is asking: short-lived EdDSA tokens (RFC 7519, RFC 9864), signed by storefront, checked by every service.

A token names its audience (one service), its subject (a person's or a guest's id) and roles. Tokens use real
time, never the business clock. Only the Authorization header is read: cookies mean nothing to an API.
"""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import ParamSpec, TypeVar
from uuid import UUID

from flask import current_app, g, request
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OKPKey

from shared.problems import Forbidden, Unauthenticated

ISSUER = "huafang"
ALGORITHM = "Ed25519"  # EdDSA by its fully specified name (RFC 9864)
LIFETIME = 300
LEEWAY = 10
GUEST, CUSTOMER, CREATOR, OPERATOR = "guest", "customer", "creator", "operator"

Params = ParamSpec("Params")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Reader:
    """The one who asks; every query is narrowed to what this reader may see."""

    id: UUID
    roles: frozenset[str] = frozenset()
    organisations: frozenset[UUID] = field(default_factory=frozenset)

    @property
    def is_operator(self) -> bool:
        return OPERATOR in self.roles


class TokenSigner:
    """Signs tokens with a private Ed25519 JWK. Storefront alone has one."""

    def __init__(self, private_jwk: str) -> None:
        self._key = OKPKey.import_key(_as_dict(private_jwk))

    @staticmethod
    def generate() -> str:
        """A fresh private key as JWK JSON."""
        key = OKPKey.generate_key("Ed25519", auto_kid=True)
        return json.dumps(key.as_dict(private=True))

    def public_jwks(self) -> dict[str, list[dict[str, str | list[str]]]]:
        """The JWKS document (RFC 7517) that the services check tokens with."""
        public = self._key.as_dict(private=False)
        return {"keys": [dict(public) | {"use": "sig", "alg": ALGORITHM}]}

    def sign(self, audience: str, reader: Reader, lifetime: int = LIFETIME) -> str:
        """A token for one service, valid for `lifetime` seconds of real time."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "aud": audience,
            "sub": str(reader.id),
            "roles": sorted(reader.roles),
            "orgs": sorted(str(organisation) for organisation in reader.organisations),
            "iat": now,
            "exp": now + lifetime,
        }
        return jwt.encode({"alg": ALGORITHM, "kid": self._key.kid}, claims, self._key, algorithms=[ALGORITHM])


class TokenVerifier:
    """Checks a token's signature, algorithm, issuer, audience and times."""

    def __init__(self, jwks: str, audience: str) -> None:
        self._keys = KeySet.import_key_set(_as_dict(jwks))  # type: ignore[arg-type]
        self._claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": ISSUER},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
        )

    def read(self, token: str) -> Reader:
        """The reader a token names; raises Unauthenticated for any token that does not hold."""
        try:
            claims = jwt.decode(token, self._keys, algorithms=[ALGORITHM]).claims
            self._claims.validate(claims)
            return Reader(
                id=UUID(claims["sub"]),
                roles=frozenset(map(str, claims.get("roles", []))),
                organisations=frozenset(UUID(organisation) for organisation in claims.get("orgs", [])),
            )
        except (JoseError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise Unauthenticated("The token is missing, expired or not ours.") from error


def optional_reader() -> Reader | None:
    """The request's reader, or None without a token; a token that does not hold raises Unauthenticated."""
    if "reader" not in g:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            g.reader = None
        elif scheme.lower() != "bearer" or not token:
            raise Unauthenticated("Use a bearer token.")
        else:
            verifier: TokenVerifier = current_app.extensions["huafang"].tokens
            g.reader = verifier.read(token.strip())
    reader: Reader | None = g.reader
    return reader


def current_reader() -> Reader:
    """The request's reader; raises Unauthenticated without one."""
    reader = optional_reader()
    if reader is None:
        raise Unauthenticated()
    return reader


def needs(*roles: str) -> Callable[[Callable[Params, Answer]], Callable[Params, Answer]]:
    """Let a view run only for readers with one of `roles` (none named: any signed-in person, not a guest)."""

    def decorate(view: Callable[Params, Answer]) -> Callable[Params, Answer]:
        @wraps(view)
        def checked(*args: Params.args, **kwargs: Params.kwargs) -> Answer:
            reader = current_reader()
            if roles and not reader.roles & set(roles):
                raise Forbidden()
            if not roles and GUEST in reader.roles:
                raise Unauthenticated("Guests can fill a cart; sign in for this.")
            return view(*args, **kwargs)

        checked.needs = roles or (CUSTOMER,)  # type: ignore[attr-defined]
        return checked

    return decorate


def _as_dict(document: str) -> dict[str, str | list[str]]:
    loaded: dict[str, str | list[str]] = json.loads(document)
    return loaded
