"""Mail over SMTP, for production."""

import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

SECONDS = 10


class SmtpMail:
    """`smtp://` upgrades to TLS before signing in, `smtps://` speaks TLS from the start."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
            raise ValueError("SMTP_URL must look like smtp://user:password@host:587")
        self._direct = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = parts.port or (465 if self._direct else 587)
        self._user = unquote(parts.username or "")
        self._password = unquote(parts.password or "")

    def send(self, message: EmailMessage) -> None:
        """Hand over to the server; raises smtplib.SMTPException or OSError, and the timer tries again."""
        with self._connect() as connection:
            if self._user:
                connection.login(self._user, self._password)
            connection.send_message(message)

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._direct:
            return smtplib.SMTP_SSL(self._host, self._port, timeout=SECONDS, context=context)
        connection = smtplib.SMTP(self._host, self._port, timeout=SECONDS)
        # A password never travels in the clear; a local relay without one may go without TLS.
        if self._user or (connection.ehlo() and connection.has_extn("starttls")):
            connection.starttls(context=context)
        return connection
