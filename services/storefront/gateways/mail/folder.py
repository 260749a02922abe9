"""Mail for the demo and for tests: each letter becomes an .eml file."""

from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path


class FolderMail:
    """Writes `<letter's id>.eml`; sending the same letter again replaces the file with itself."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def send(self, message: EmailMessage) -> None:
        """Write the message; a reader never sees half a file."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = str(message["Message-ID"]).strip("<>").partition("@")[0]
        unfinished = self._folder / f".{name}.part"
        unfinished.write_bytes(message.as_bytes(policy=SMTP))
        unfinished.rename(self._folder / f"{name}.eml")
