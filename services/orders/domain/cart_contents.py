"""Carts as they are shown: lines read from the database, priced from our copy of the offers."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.orders.domain.buyers import Buyer
from services.orders.domain.carts import Cart, CartLine, price_cart
from services.orders.domain.holds import holds_among
from services.orders.domain.offers import offers_among


def cart_of(session: Session, buyer: Buyer, now: datetime) -> Cart:
    """Somebody's own cart, oldest line first."""
    mine = select(CartLine).where(CartLine.owner_id == buyer.id).order_by(CartLine.added_at, CartLine.offer_id)
    wanted = [(line.offer_id, line.quantity) for line in session.scalars(mine)]
    return cart_with(session, buyer, wanted, buyer.id, now)


def cart_with(
    session: Session, buyer: Buyer, wanted: Sequence[tuple[UUID, int]], holder_id: UUID, now: datetime
) -> Cart:
    """`wanted` offers and quantities as a cart for `holder_id`; another's private offer is as unknown as none."""
    known = offers_among(session, [offer_id for offer_id, _ in wanted])
    seen = {
        offer_id: offer for offer_id, offer in known.items() if offer.may_be_bought_by(buyer.id, buyer.organisations)
    }
    held = {offer_id: hold.problem for offer_id, hold in holds_among(session, seen.values(), holder_id).items()}
    return price_cart(wanted, seen, held, now)
