"""Tell every delivery again as it stands, for a consumer younger than it."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.catalog.domain.entitlements import Entitlement
from services.catalog.usecases.follow_order import tell_delivery
from shared.messaging.envelope import Event


def republish_deliveries(session: Session, now: datetime) -> Iterator[Event]:
    """One event for each line ever sold, at the delivery version it had: who knows it drops it."""
    every = select(Entitlement).order_by(Entitlement.id).execution_options(yield_per=500)
    for entitlement in session.scalars(every):
        yield tell_delivery(session, entitlement, now)
