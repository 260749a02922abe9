"""The mail gateway that the settings name."""

from pathlib import Path

from services.storefront.gateways.mail.folder import FolderMail
from services.storefront.gateways.mail.port import Mail, compose
from services.storefront.gateways.mail.smtp import SmtpMail
from services.storefront.settings import StorefrontSettings

__all__ = ["Mail", "compose", "open_mail"]


def open_mail(settings: StorefrontSettings) -> Mail:
    """A folder when one is named, else SMTP; raises ValueError when neither is."""
    if settings.mail_folder:
        return FolderMail(Path(settings.mail_folder))
    return SmtpMail(settings.smtp_url.get_secret_value())
