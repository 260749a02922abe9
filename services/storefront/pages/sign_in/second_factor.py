"""The second factor: each code works once, and in the demo the present code is shown beside the form."""

from typing import Any

from flask import session
from flask_security import Security, Totp

from services.storefront.domain.person import Person
from shared.service import this_service


class SingleUseTotp(Totp):  # type: ignore[misc]  # the library is untyped
    """Refuses a code that was used before (RFC 6238, 5.2)."""

    def get_last_counter(self, user: Person) -> int | None:
        return user.totp_counter

    def set_last_counter(self, user: Person, tmatch: Any) -> None:
        user.totp_counter = tmatch.counter


def show_codes_in_demo(security: Security) -> None:
    """Nobody who tries the demo has its operator's telephone, so the page itself tells the code there."""

    def demo_code() -> dict[str, str]:
        return {"demo_code": _present_code(security)}

    # These give nothing back, so they cannot stand above one another as decorators.
    security.tf_setup_context_processor(demo_code)
    security.tf_token_validation_context_processor(demo_code)


def code_of(security: Security, person: Person) -> str:
    """The present code of somebody's second factor, or an empty string when none is set up."""
    secret = person.tf_totp_secret
    return str(security.totp_factory.generate_totp_password(secret)) if secret else ""


def _present_code(security: Security) -> str:
    if this_service().settings.environment != "demo":
        return ""
    if being_set_up := session.get("tf_totp_secret"):
        return str(security.totp_factory.generate_totp_password(being_set_up))
    half_signed_in = session.get("tf_user_id")
    person = security.datastore.find_user(fs_uniquifier=half_signed_in) if half_signed_in else None
    return code_of(security, person) if person else ""
