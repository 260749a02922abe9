"""What storefront needs of a mail system, and how a letter becomes a message."""

from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from typing import Protocol
from uuid import UUID


class Mail(Protocol):
    def send(self, message: EmailMessage) -> None:
        """Hand the message over; raises OSError (smtplib's errors are one) when it was not taken."""


def compose(letter_id: UUID, sender: str, recipient: str, subject: str, body: str, at: datetime) -> EmailMessage:
    """A plain-text message; the same letter always has the same Message-ID (RFC 5322, 3.6.4)."""
    message = EmailMessage()
    message["Message-ID"] = f"<{letter_id}@{parseaddr(sender)[1].rpartition('@')[2] or 'localhost'}>"
    message["Date"] = format_datetime(at)
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = subject
    # No automatic replies to what a machine wrote (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body)
    return message
