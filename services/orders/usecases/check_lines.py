"""What an order may hold: the offers behind its lines, and the rules its lines obey together."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.orders.domain.buyers import Buyer
from services.orders.domain.coverage import uncovered
from services.orders.domain.holds import holds_among
from services.orders.domain.offers import Offer, offers_among
from services.orders.settings import OrdersSettings
from services.orders.usecases.refusals import (
    AlreadyBought,
    AmountNotPayable,
    LineUncovered,
    MixedCurrencies,
    OfferUnknown,
    OfferWithdrawn,
    TermsNotAccepted,
    TooMany,
)
from shared.problems import Invalid


@dataclass(frozen=True)
class Wanted:
    offer_id: UUID
    quantity: int


def sellable(
    session: Session, buyer: Buyer, wanted: Sequence[Wanted], holder_id: UUID, now: datetime
) -> list[tuple[Offer, int]]:
    """The offers behind `wanted`, each of which can be bought in its quantity.

    Raises Invalid for an offer in two lines, OfferUnknown, OfferWithdrawn, AlreadyBought, TooMany.
    """
    _refuse_repeated(wanted)
    known = offers_among(session, [line.offer_id for line in wanted])
    lines = []
    for index, line in enumerate(wanted):
        offer = known.get(line.offer_id)
        if offer is None or not offer.may_be_bought_by(buyer.id, buyer.organisations):
            raise OfferUnknown(offer_id=str(line.offer_id))
        if not offer.is_on_sale(now):
            raise OfferWithdrawn(offer_id=str(line.offer_id))
        if not 1 <= line.quantity <= offer.max_quantity:
            raise TooMany(errors=[_error(f"/lines/{index}/quantity", f"between 1 and {offer.max_quantity}")])
        lines.append((offer, line.quantity))
    for offer_id, hold in holds_among(session, known.values(), holder_id).items():
        raise AlreadyBought(offer_id=str(offer_id), order_id=str(hold.order_id), number=hold.number, hold=hold.problem)
    return lines


def check_lines(
    lines: Sequence[tuple[Offer, int]], accepted: Collection[tuple[str, str]], settings: OrdersSettings
) -> None:
    """Raise MixedCurrencies, LineUncovered, TermsNotAccepted or AmountNotPayable for lines that cannot be sold
    together; `accepted` are terms by key and version."""
    currencies = {offer.currency for offer, _ in lines}
    if currencies != {settings.currency}:
        raise MixedCurrencies(currencies=sorted(currencies))
    if gaps := uncovered(lines):
        raise LineUncovered(lines=[{"offer_id": str(gap.offer_id), "needs": gap.kind} for gap in gaps])
    missing = {(terms["key"], terms["version"]) for offer, _ in lines for terms in offer.terms} - set(accepted)
    if missing:
        raise TermsNotAccepted(missing=[{"key": key, "version": version} for key, version in sorted(missing)])
    total = sum(offer.price * quantity for offer, quantity in lines)
    if total and not settings.payment_minimum <= total <= settings.payment_maximum:
        raise AmountNotPayable(total=total, minimum=settings.payment_minimum, maximum=settings.payment_maximum)


def _refuse_repeated(wanted: Sequence[Wanted]) -> None:
    """One offer in several lines would get around the most one may buy."""
    seen: set[UUID] = set()
    for index, line in enumerate(wanted):
        if line.offer_id in seen:
            raise Invalid(errors=[_error(f"/lines/{index}/offer_id", "this offer is in another line already")])
        seen.add(line.offer_id)


def _error(pointer: str, detail: str) -> dict[str, str]:
    return {"pointer": pointer, "code": "invalid", "detail": detail}
