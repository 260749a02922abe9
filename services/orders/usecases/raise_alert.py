"""Put something before the operators: a row in their list, a line in the log, a count."""

from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.orders.domain.alerts import Alert, AlertKind
from shared.ids import new_id

ALERTS = Counter("huafang_orders_alerts_total", "Things an operator must look at", ["kind"])
log = structlog.get_logger()


def raise_alert(
    session: Session, kind: AlertKind, key: str, now: datetime, *, order_id: UUID | None = None, **data: Any
) -> bool:
    """Raise one alert for one cause (`kind` and `key`), however often it is seen. True when it is new."""
    row = insert(Alert).values(id=new_id(), kind=kind, key=f"{kind}:{key}", order_id=order_id, data=data, raised_at=now)
    is_new = session.scalar(row.on_conflict_do_nothing(index_elements=["key"]).returning(Alert.id)) is not None
    if is_new:
        ALERTS.labels(kind).inc()
        log.error("alert", kind=kind, order_id=str(order_id or ""), **data)
    return is_new
