"""Tell those who own a product that there is more of it: a new version, or new parts of a bundle."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from services.catalog.domain.announcements import Announcement
from services.catalog.domain.products import Product
from services.catalog.domain.versions import Version
from shared.ids import new_id
from shared.messaging.timers import schedule

ANNOUNCE = "announce"
NEW_VERSION, BUNDLE_GREW = "new_version", "bundle_grew"


def announce_version(session: Session, version: Version, now: datetime) -> None:
    """Have the holders of the product told of its new version, after this transaction; of a first version nobody
    is told."""
    if version.number == 1:
        return
    facts = {
        "version": version.label or str(version.number),
        "note": {"zh": version.note("zh"), "en": version.note("en")},
    }
    _announce(session, version.product, NEW_VERSION, facts, now)


def announce_bundle_parts(session: Session, bundle: Product, added: Sequence[Product], now: datetime) -> None:
    """Have the holders of a bundle told which products are theirs now as well."""
    if added:
        _announce(session, bundle, BUNDLE_GREW, {"added": [_title(product) for product in added]}, now)


def _announce(session: Session, product: Product, topic: str, facts: dict[str, Any], now: datetime) -> None:
    announcement = Announcement(id=new_id(), product_id=product.id, topic=topic, until=now)
    announcement.facts = facts | {"title": _title(product), "slug": product.slug}
    session.add(announcement)
    schedule(session, ANNOUNCE, announcement.id, now)


def _title(product: Product) -> dict[str, str]:
    return {"zh": product.title("zh"), "en": product.title("en")}
