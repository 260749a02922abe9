"""An operator says that an alert is dealt with."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.orders.domain.alerts import Alert
from shared.problems import NotFound


def resolve_alert(session: Session, alert_id: UUID, operator_id: UUID, now: datetime) -> Alert:
    """The alert, resolved; the first who says so stays named. Raises NotFound."""
    alert = session.get(Alert, alert_id, with_for_update=True)
    if alert is None:
        raise NotFound()
    if alert.resolved_at is None:
        alert.resolved_at, alert.resolved_by = now, operator_id
    return alert
