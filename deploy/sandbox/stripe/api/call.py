"""One call of the API: what its handler is given, and how handlers are declared."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from deploy.sandbox.stripe.errors import Json, missing
from deploy.sandbox.stripe.moment import Moment
from deploy.sandbox.stripe.parameters import EXPAND, Fields, Parameter
from deploy.sandbox.stripe.transaction import Transaction


@dataclass(frozen=True)
class Call:
    """A call whose parameters were read; `path` holds what its address names."""

    moment: Moment
    params: Json
    path: dict[str, str]

    @property
    def tx(self) -> Transaction:
        """The transaction of the call."""
        return self.moment.tx

    def named(self, kind: str, place: str, param: str = "id") -> Json:
        """The object that the address names; a 404 as Stripe words it."""
        found = self.tx.find(self.path[place], kind)
        if found is None:
            raise missing(kind, self.path[place], param)
        return found


Handler = Callable[[Call], Json]


@dataclass(frozen=True)
class Operation:
    """A method and an address of Stripe's reference, what it takes, and what does it."""

    method: str
    path: str
    handler: Handler
    fields: Mapping[str, Parameter] = field(default_factory=dict)

    @property
    def parameters(self) -> Fields:
        """Every parameter of the operation; all of them take `expand`."""
        return Fields({**self.fields, "expand": EXPAND})

    @property
    def rule(self) -> str:
        """The address as Flask writes it."""
        return self.path.replace("{", "<").replace("}", ">")

    @property
    def changes(self) -> bool:
        """Whether it may have an effect (and so takes idempotency keys)."""
        return self.method == "POST"


def field_of(params: Json, *names: str) -> dict[str, Any]:
    """Those of the parameters that were given."""
    return {name: params[name] for name in names if name in params}
