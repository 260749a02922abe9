"""The letters of accounts: Flask-Security asks, we write them into our own queue in the reader's language."""

from typing import Any

from flask import after_this_request
from flask_security import MailUtil, hash_password
from flask_security.utils import _view_commit

from services.storefront.pages.sign_in.people import people_session
from services.storefront.usecases.write_letter import write_letter
from shared.service import this_service

TEMPLATES = {
    "welcome": "confirm",
    "welcome_existing": "already-registered",
    "confirmation_instructions": "confirm",
    "reset_instructions": "recover",
    "reset_notice": "password-changed",
    "change_notice": "password-changed",
}


class QueuedLetters(MailUtil):  # type: ignore[misc]  # the library is untyped
    """Writes into the request's own transaction, so that a registration and its letter stand or fall together."""

    def send_mail(self, template: str, subject: str, recipient: str, sender: Any, *_: Any, **context: Any) -> None:
        user = context["user"]
        facts = {
            "name": user.display_name,
            "link": context.get("confirmation_link") or context.get("reset_link") or "",
            "recovery_link": context.get("reset_link") or "",
            "confirmation_link": context.get("confirmation_link") or "",
            "front": this_service().settings.public_url,
        }
        name = template.rpartition("/")[2]
        if name == "reset_instructions":
            # An unknown address costs one hash in the library; a known one costs the same here.
            hash_password("as-long-as-an-unknown-address")
        people_session.flush()
        write_letter(
            people_session(),
            recipient=recipient,
            language=user.language,
            template=TEMPLATES[name],
            facts=facts,
            now=this_service().clock.now(),
            person_id=user.id,
        )
        after_this_request(_view_commit)
