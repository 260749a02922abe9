"""What is for sale, told by whoever publishes it."""

from sqlalchemy.orm import Session

from services.orders.usecases.hear_of_offer import hear_of_offer, hear_of_withdrawal
from shared.clock import Clock
from shared.contracts import OFFER_PUBLISHED, OFFER_WITHDRAWN
from shared.messaging.envelope import Event


class OfferReactions:
    """`published` and `withdrawn` bind to the offers of every publisher."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def published(self, session: Session, event: Event) -> None:
        """Keep the offer's newest version."""
        hear_of_offer(session, event.source, OFFER_PUBLISHED.load(event.data))

    def withdrawn(self, session: Session, event: Event) -> None:
        """Stop selling it."""
        hear_of_withdrawal(session, event.source, OFFER_WITHDRAWN.load(event.data), self._clock.now())
