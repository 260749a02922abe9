"""Place an order: every price is ours, every line is frozen, and what changed since it was shown is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from services.orders.domain import orders
from services.orders.domain.buyers import Buyer
from services.orders.domain.cart_contents import cart_with
from services.orders.domain.carts import CartLine, fingerprint_of
from services.orders.domain.lines import freeze
from services.orders.domain.offers import Offer
from services.orders.domain.orders import Order
from services.orders.settings import OrdersSettings
from services.orders.usecases.announce import announce
from services.orders.usecases.check_lines import Wanted, check_lines, sellable
from services.orders.usecases.later import CLOSE_ORDER, soon
from services.orders.usecases.pay_order import pay_free_order
from services.orders.usecases.refusals import AlreadyBought, PriceChanged
from shared.contracts import ORDER_PLACED
from shared.problems import NotFound

NUMBER_TRIES = 5


@dataclass(frozen=True)
class OrderRequest:
    """What a client may say: which offers, how many, what it was shown, which terms (key, version) it accepts."""

    lines: Sequence[Wanted]
    fingerprint: str
    accepted_terms: frozenset[tuple[str, str]]
    organisation_id: UUID | None = None


def place_order(
    session: Session, buyer: Buyer, request: OrderRequest, *, settings: OrdersSettings, now: datetime
) -> Order:
    """The new order; one of 0 fen is paid at once. Ordered lines leave the buyer's cart.

    Raises OfferUnknown, OfferWithdrawn, AlreadyBought, PriceChanged (409, with the cart as it is now), and
    TooMany, LineUncovered, TermsNotAccepted, AmountNotPayable, MixedCurrencies, Invalid (422), and NotFound for
    an organisation that is not the buyer's.
    """
    if request.organisation_id is not None and request.organisation_id not in buyer.organisations:
        raise NotFound()
    holder_id = request.organisation_id or buyer.id
    lines = sellable(session, buyer, request.lines, holder_id, now)
    fingerprint = fingerprint_of(lines)
    if fingerprint != request.fingerprint:
        wanted = [(line.offer_id, line.quantity) for line in request.lines]
        raise PriceChanged(cart_with(session, buyer, wanted, holder_id, now))
    check_lines(lines, request.accepted_terms, settings)
    order = _insert(session, buyer, request, lines, minutes=settings.order_minutes, now=now)
    _leave_cart(session, buyer, order)
    announce(session, order, ORDER_PLACED, now)
    if order.total == 0:
        pay_free_order(session, order, buyer.actor, now)
    else:
        soon(session, CLOSE_ORDER, order.id, order.expires_at)
    return order


def _insert(
    session: Session,
    buyer: Buyer,
    request: OrderRequest,
    lines: Sequence[tuple[Offer, int]],
    *,
    minutes: int,
    now: datetime,
) -> Order:
    """Write the order; the database itself refuses a second holder of what can be held once."""
    holder_id = request.organisation_id or buyer.id
    for _ in range(NUMBER_TRIES):
        order = orders.place(
            [freeze(offer, quantity, position, holder_id, now) for position, (offer, quantity) in enumerate(lines)],
            buyer=buyer.actor,
            buyer_id=buyer.id,
            organisation_id=request.organisation_id,
            fingerprint=request.fingerprint,
            currency=lines[0][0].currency,
            now=now,
            expires_at=now + timedelta(minutes=minutes),
        )
        try:
            with session.begin_nested():
                session.add(order)
        except IntegrityError as error:
            if "uq_order_lines_hold_key" in str(error.orig):
                raise AlreadyBought() from error
            if "uq_orders_number" not in str(error.orig):
                raise
        else:
            return order
    raise RuntimeError("no free order number was found")


def _leave_cart(session: Session, buyer: Buyer, order: Order) -> None:
    ordered = [line.offer_id for line in order.lines]
    session.execute(delete(CartLine).where(CartLine.owner_id == buyer.id, CartLine.offer_id.in_(ordered)))
