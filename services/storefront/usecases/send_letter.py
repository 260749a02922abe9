"""Hand a waiting letter to the mail gateway."""

from uuid import UUID

from services.storefront.domain.letter import Letter
from services.storefront.gateways.mail.port import Mail, compose
from shared.clock import Clock
from shared.database import Database


def send_letter(database: Database, mail: Mail, clock: Clock, sender: str, letter_id: UUID) -> bool:
    """Send the letter unless it was sent; True when it went out now.

    At least once: a crash between sending and noting it sends again, under the same Message-ID.
    Raises the gateway's error, so that the timer tries again.
    """
    with database.transaction() as session:
        letter = session.get(Letter, letter_id)
        if letter is None or letter.sent_at is not None:
            return False
        message = compose(letter.id, sender, letter.recipient, letter.subject, letter.body, letter.written_at)
    mail.send(message)
    with database.transaction() as session:
        sent = session.get(Letter, letter_id, with_for_update=True)
        if sent is not None:
            sent.sent(clock.now())
    return True
