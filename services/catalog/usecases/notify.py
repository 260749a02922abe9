"""Ask storefront to write to a creator."""

from datetime import datetime

from sqlalchemy.orm import Session

from services.catalog.domain.products import Product
from shared.contracts import NOTICE_WANTED
from shared.contracts.facts import Notice
from shared.ids import new_id
from shared.messaging.outbox import emit


def notify(session: Session, product: Product, topic: str, now: datetime, **facts: str) -> None:
    """A notice about the product to its creator; storefront knows the address and the words."""
    titles = {"title_zh": product.title("zh"), "title_en": product.title("en")}
    notice = Notice(
        notice_id=new_id(),
        person_id=product.creator_id,
        topic=topic,
        facts={**titles, **facts},
        url=f"/creator/products/{product.id}",
        at=now,
    )
    emit(session, "catalog", NOTICE_WANTED, notice, subject=product.id, now=now)
