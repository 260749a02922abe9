"""An operator takes a product down because of somebody's rights: off the shelf, and closed to its owners too."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.catalog.domain.coverage import open_take_down
from services.catalog.domain.entitlements import TakeDown
from services.catalog.domain.products import Product
from services.catalog.usecases.withdraw_product import take_off_shelf
from shared.problems import Conflict, NotFound


class AlreadyTakenDown(Conflict):
    slug, title = "already-taken-down", "The product is taken down already"


def take_down_product(
    session: Session, product_id: UUID, *, reason: str, note: str, by: UUID, now: datetime
) -> TakeDown:
    """Close every door to the product's files at once, links already given among them; orders paid from now on
    are given back. What is on the shelf is withdrawn in the same transaction.

    Nothing is refunded by this: whether buyers get their money is decided by line, with `orders`. Raises
    NotFound, and AlreadyTakenDown (409).
    """
    product = session.get(Product, product_id, with_for_update=True)
    if product is None:
        raise NotFound()
    if open_take_down(session, product_id) is not None:
        raise AlreadyTakenDown()
    take_down = TakeDown(product_id=product_id, at=now, actor_id=by, reason=reason, note=note)
    session.add(take_down)
    if product.is_on_sale:
        take_off_shelf(session, product, by=by, reason="taken-down", note=reason, now=now)
    return take_down
