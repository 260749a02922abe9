"""Keep a notice of the gateway, once, and answer at once; what it means is worked out a moment later."""

from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.orders.domain.webhooks import WebhookEvent, WebhookStatus
from services.orders.gateways.payments import GatewayEvent
from services.orders.usecases.later import PROCESS_NOTICE, soon


def receive_notice(session: Session, event: GatewayEvent, now: datetime) -> bool:
    """Store the event by its id and have it processed; False for one that is stored already."""
    row = insert(WebhookEvent).values(
        id=event.id,
        type=event.type,
        livemode=event.livemode,
        account=event.account,
        api_version=event.api_version,
        created_at=event.created_at,
        refers=dict(event.references),
        status=WebhookStatus.RECEIVED,
        detail="",
        attempts=0,
        received_at=now,
    )
    stored = session.scalar(row.on_conflict_do_nothing(index_elements=["id"]).returning(WebhookEvent.id))
    if stored is None:
        return False
    soon(session, PROCESS_NOTICE, event.id, now)
    return True
