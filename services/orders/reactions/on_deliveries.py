"""What became of paid lines, told by their owners."""

from sqlalchemy.orm import Session

from services.orders.domain.lines import LineDelivery
from services.orders.usecases.record_delivery import record_delivery
from shared.clock import Clock
from shared.contracts import DELIVERY_COMPLETED, DELIVERY_FAILED
from shared.messaging.envelope import Event


class DeliveryReactions:
    """`completed` and `failed` bind to the deliveries of every owner."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def completed(self, session: Session, event: Event) -> None:
        """The line is delivered."""
        fact = DELIVERY_COMPLETED.load(event.data)
        record_delivery(session, event.source, fact, LineDelivery.DELIVERED, self._clock.now())

    def failed(self, session: Session, event: Event) -> None:
        """The line is not delivered; what its owner gives back is refunded."""
        fact = DELIVERY_FAILED.load(event.data)
        record_delivery(session, event.source, fact, LineDelivery.FAILED, self._clock.now())
