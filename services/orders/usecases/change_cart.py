"""Put things into a cart, change how many, take them out."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.orders.domain.buyers import Buyer
from services.orders.domain.carts import CartLine, LineProblem
from services.orders.domain.holds import holds_among
from services.orders.domain.offers import Offer
from services.orders.usecases.refusals import AlreadyBought, CartFull, OfferUnknown, OfferWithdrawn, TooMany


def put_into_cart(session: Session, buyer: Buyer, offer_id: UUID, quantity: int, *, limit: int, now: datetime) -> None:
    """Have `quantity` of an offer in the buyer's cart; safe to repeat.

    Raises OfferUnknown, OfferWithdrawn, AlreadyBought (409), TooMany and CartFull (422).
    """
    offer = session.get(Offer, offer_id)
    if offer is None or not offer.may_be_bought_by(buyer.id, buyer.organisations):
        raise OfferUnknown(offer_id=str(offer_id))
    if not offer.is_on_sale(now):
        raise OfferWithdrawn(offer_id=str(offer_id))
    if quantity > offer.max_quantity:
        raise TooMany(errors=[{"pointer": "/quantity", "code": "too_many", "detail": f"at most {offer.max_quantity}"}])
    hold = holds_among(session, [offer], buyer.id).get(offer_id)
    if hold is not None and hold.problem == LineProblem.ALREADY_BOUGHT:
        raise AlreadyBought(offer_id=str(offer_id), order_id=str(hold.order_id), number=hold.number)
    others = select(func.count()).where(CartLine.owner_id == buyer.id, CartLine.offer_id != offer_id)
    if (session.scalar(others) or 0) >= limit:
        raise CartFull(errors=[{"pointer": "", "code": "full", "detail": f"at most {limit} lines"}])
    row = insert(CartLine).values(owner_id=buyer.id, offer_id=offer_id, quantity=quantity, added_at=now, changed_at=now)
    changed = {"quantity": row.excluded.quantity, "changed_at": row.excluded.changed_at}
    session.execute(row.on_conflict_do_update(index_elements=["owner_id", "offer_id"], set_=changed))


def take_out_of_cart(session: Session, owner_id: UUID, offer_id: UUID) -> None:
    """Have none of an offer in a cart; safe to repeat."""
    session.execute(delete(CartLine).where(CartLine.owner_id == owner_id, CartLine.offer_id == offer_id))


def empty_cart(session: Session, owner_id: UUID) -> None:
    """Forget a whole cart."""
    session.execute(delete(CartLine).where(CartLine.owner_id == owner_id))


def forget_old_carts(session: Session, before: datetime) -> None:
    """Forget lines nobody has touched since `before`."""
    session.execute(delete(CartLine).where(CartLine.changed_at < before))
