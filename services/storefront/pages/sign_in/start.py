"""Accounts: Flask-Security with our people, pages, letters and limits."""

from typing import Any

from flask import Flask
from flask_security import Security, user_registered
from flask_wtf.csrf import CSRFProtect

from services.storefront.domain.person import Person
from services.storefront.languages import present_language
from services.storefront.pages.sign_in.configuration import account_settings
from services.storefront.pages.sign_in.forms import Registration, SignInForm
from services.storefront.pages.sign_in.letters import QueuedLetters
from services.storefront.pages.sign_in.limits import limit_attempts
from services.storefront.pages.sign_in.passwords import Passwords
from services.storefront.pages.sign_in.people import People, close_sessions, people_session
from services.storefront.pages.sign_in.second_factor import SingleUseTotp, show_codes_in_demo
from services.storefront.pages.sign_in.sessions import keep_sign_ins
from services.storefront.settings import StorefrontSettings
from services.storefront.usecases.announce_person import announce_person
from shared.service import this_service


def start_accounts(app: Flask, settings: StorefrontSettings) -> CSRFProtect:
    """Give `app` registration, sign-in, recovery, a second factor, and the checks around them."""
    app.config.update(account_settings(settings))
    csrf = CSRFProtect(app)
    security = Security(
        app,
        People(),
        register_form=Registration,
        login_form=SignInForm,
        mail_util_cls=QueuedLetters,
        password_util_cls=Passwords,
        totp_cls=SingleUseTotp,
    )
    _only_by_session(app, security)
    show_codes_in_demo(security)
    user_registered.connect(_announce, app)
    close_sessions(app)
    limit_attempts(app)
    keep_sign_ins(app)
    return csrf


def _only_by_session(app: Flask, security: Security) -> None:
    """Flask-Security also signs in by a token in a header or a query, and answers in JSON: we want neither."""
    app.login_manager._request_callback = None  # type: ignore[attr-defined]
    security.want_json(lambda _request: False)


def _announce(_app: Flask, user: Person, **_: Any) -> None:
    """A new person speaks the language of the page they registered on."""
    user.language = present_language()
    announce_person(people_session(), user, this_service().clock.now())
