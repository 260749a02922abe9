"""A creator's own product, held for a change."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.catalog.domain.products import Product
from services.catalog.domain.versions import Version
from shared.auth import Reader
from shared.problems import Conflict, NotFound


class VersionClosed(Conflict):
    slug, title = "version-closed", "This version is checked or released already; begin a new one"


def own_product(session: Session, reader: Reader, product_id: UUID) -> Product:
    """The reader's product, locked until the transaction ends; raises NotFound for anybody else's."""
    product = session.get(Product, product_id, with_for_update=True)
    if product is None or product.creator_id != reader.id:
        raise NotFound()
    return product


def own_open_version(session: Session, reader: Reader, version_id: UUID) -> Version:
    """The reader's version that may still change; raises NotFound, and VersionClosed (409)."""
    version = session.get(Version, version_id)
    if version is None:
        raise NotFound()
    own_product(session, reader, version.product_id)
    session.refresh(version, with_for_update=True)
    if not version.is_open:
        raise VersionClosed()
    return version
