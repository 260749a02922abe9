"""Read the gateway's own list of events, so that what its webhooks missed is not missed here."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.dialects.postgresql import insert

from services.orders.domain.webhooks import GatewayCursor
from services.orders.usecases.desk import Desk
from services.orders.usecases.receive_notice import receive_notice

CURSOR = "events"
OVERLAP = timedelta(hours=1)
FARTHEST = timedelta(days=29)  # docs.stripe.com/api/events: events are kept for 30 days


def reconcile_notices(desk: Desk) -> int:
    """Store every event since the last reading, an hour overlapped; returns how many were news.

    Raises GatewayUnavailable; the cursor then stays where it was. The gateway's times are real time.
    """
    started = datetime.now(UTC)
    with desk.database.transaction() as session:
        cursor = session.get(GatewayCursor, CURSOR)
        since = cursor.read_until if cursor else started - FARTHEST
    since = max(since - OVERLAP, started - FARTHEST)
    events = list(desk.gateway.events_since(since))
    news = 0
    with desk.database.transaction() as session:
        for event in reversed(events):
            news += receive_notice(session, event, desk.clock.now())
        row = insert(GatewayCursor).values(name=CURSOR, read_until=started)
        session.execute(row.on_conflict_do_update(index_elements=["name"], set_={"read_until": started}))
    return news
