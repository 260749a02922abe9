"""Somebody who filled a cart as a guest signs in: what they chose comes with them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from services.orders.domain.carts import CartLine
from services.orders.domain.offers import offers_among


def merge_carts(session: Session, guest_id: UUID, owner_id: UUID, *, limit: int, now: datetime) -> None:
    """Move the guest's lines into the owner's cart: quantities add up to what an offer allows. Safe to repeat: the
    guest's cart is empty afterwards. Lines beyond `limit` are left behind, oldest first kept."""
    if guest_id == owner_id:
        return
    gone = delete(CartLine).where(CartLine.owner_id == guest_id).returning(CartLine.offer_id, CartLine.quantity)
    brought = session.execute(gone.execution_options(synchronize_session=False)).all()
    mine = {
        line.offer_id: line
        for line in session.scalars(select(CartLine).where(CartLine.owner_id == owner_id).with_for_update())
    }
    offers = offers_among(session, [offer_id for offer_id, _ in brought])
    for offer_id, quantity in sorted(brought, key=lambda row: str(row[0])):
        most = offers[offer_id].max_quantity if offer_id in offers else quantity
        line = mine.get(offer_id)
        if line is not None:
            line.quantity, line.changed_at = max(line.quantity, min(line.quantity + quantity, most)), now
        elif len(mine) < limit:
            mine[offer_id] = CartLine(
                owner_id=owner_id, offer_id=offer_id, quantity=min(quantity, most), added_at=now, changed_at=now
            )
            session.add(mine[offer_id])
