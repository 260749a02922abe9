"""Who did something to an order: kept with every transition and every entry of its timeline."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class ActorKind(StrEnum):
    BUYER = "buyer"
    OPERATOR = "operator"
    PUBLISHER = "publisher"
    GATEWAY = "gateway"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """`id` is a person's id for buyers and operators, and nothing for the others."""

    kind: ActorKind
    id: UUID | None = None


GATEWAY = Actor(ActorKind.GATEWAY)
PUBLISHER = Actor(ActorKind.PUBLISHER)
SYSTEM = Actor(ActorKind.SYSTEM)
