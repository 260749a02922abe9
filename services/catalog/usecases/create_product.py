"""Begin a product: a draft with its first version, seen by its creator alone."""

import re
import secrets
import unicodedata
from datetime import datetime

from sqlalchemy.orm import Session

from services.catalog.domain.products import Product, ProductChange, ProductKind, ProductState
from services.catalog.domain.versions import Version
from shared.auth import Reader
from shared.ids import new_id

LONGEST_SLUG = 60


def create_product(
    session: Session, reader: Reader, kind: ProductKind, title: dict[str, str], now: datetime
) -> Product:
    """A draft with version 1. `title` holds zh, en or both."""
    zh, en = title.get("zh", ""), title.get("en", "")
    product = Product(
        id=new_id(),
        slug=_slug(en or zh),
        kind=kind,
        creator_id=reader.id,
        title_zh=zh,
        title_en=en,
        created_at=now,
        updated_at=now,
        state=ProductState.DRAFT,
    )
    product.versions.append(Version(number=1, label="v1", created_at=now))
    draft = ProductState.DRAFT
    product.history.append(ProductChange(at=now, actor_id=reader.id, before=draft, after=draft, reason="created"))
    session.add(product)
    session.flush()
    return product


def _slug(title: str) -> str:
    """A readable part of a web address, with a tail that makes it unique; it never changes afterwards."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_SLUG].strip("-")
    tail = secrets.token_hex(3)
    return f"{words}-{tail}" if words else tail
