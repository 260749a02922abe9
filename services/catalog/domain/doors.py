"""What closes a door that an entitlement opened, asked again at every request."""

from sqlalchemy.orm import Session

from services.catalog.domain.coverage import open_take_down
from services.catalog.domain.entitlements import Entitlement
from services.catalog.domain.files import ProductFile
from shared.problems import Forbidden


class AccessRevoked(Forbidden):
    slug, title = "access-revoked", "This was taken back"


class TakenDown(Forbidden):
    slug, title = "taken-down", "This was taken down because of somebody's rights"


class DownloadLimitReached(Forbidden):
    slug, title = "download-limit-reached", "This file was downloaded as often as it may be; please write to us"


def refuse_closed(session: Session, entitlement: Entitlement, file: ProductFile) -> None:
    """Raises AccessRevoked or TakenDown when nothing of `file` may go out under this entitlement now."""
    if not entitlement.is_active:
        at = entitlement.revoked_at or entitlement.granted_at
        raise AccessRevoked(reason=entitlement.reason, at=at.isoformat())
    take_down = open_take_down(session, entitlement.product_id, file.version.product_id)
    if take_down is not None:
        raise TakenDown(at=take_down.at.isoformat())
