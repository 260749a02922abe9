"""Lines that need another: an offer that `requires` a kind (freight) is sold only with an offer of that kind
that `covers` it in exactly its quantity, and a covering offer only with exactly what it covers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from services.orders.domain.offers import Offer


@dataclass(frozen=True)
class Uncovered:
    """A line left without an offer of `kind`, or (`kind` None) a covering offer whose lines are not all there."""

    offer_id: UUID
    kind: str | None


def uncovered(lines: Sequence[tuple[Offer, int]]) -> list[Uncovered]:
    """What keeps these offers, with their quantities, from being sold together; empty when nothing does."""
    quantities = {offer.id: quantity for offer, quantity in lines}
    missing = [
        Uncovered(offer.id, kind)
        for offer, quantity in lines
        for kind in offer.requires
        if not any(other.kind == kind and other.covered().get(offer.id) == quantity for other, _ in lines)
    ]
    return missing + [Uncovered(offer.id, None) for offer, _ in lines if not _is_contained(offer.covered(), quantities)]


def _is_contained(covered: Mapping[UUID, int], quantities: Mapping[UUID, int]) -> bool:
    return all(quantities.get(offer_id) == quantity for offer_id, quantity in covered.items())
