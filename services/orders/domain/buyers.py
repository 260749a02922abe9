"""Who is buying."""

from dataclasses import dataclass
from uuid import UUID

from services.orders.domain.actors import Actor, ActorKind


@dataclass(frozen=True)
class Buyer:
    """A person, and the organisations they may buy for."""

    id: UUID
    organisations: frozenset[UUID] = frozenset()

    @property
    def actor(self) -> Actor:
        return Actor(ActorKind.BUYER, self.id)
