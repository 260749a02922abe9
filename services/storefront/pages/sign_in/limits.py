"""How often an address or a browser may try to get in, or have a letter sent."""

from datetime import timedelta

from flask import Flask, Response, g, request, session

from services.storefront.domain.attempts import Limit
from services.storefront.usecases.count_attempt import count_attempt, take_back_attempt
from shared.service import this_service

QUARTER = timedelta(minutes=15)
FAILURES_PER_ACCOUNT = Limit("sign-in account", 10, QUARTER)
FAILURES_PER_PLACE = Limit("sign-in place", 60, QUARTER)
CODES = Limit("second factor", 8, QUARTER)
LETTERS_PER_ADDRESS = Limit("letters address", 4, timedelta(hours=1))
LETTERS_PER_PLACE = Limit("letters place", 40, timedelta(hours=1))

GUESSED = {
    "security.login": (FAILURES_PER_ACCOUNT, FAILURES_PER_PLACE),
    "security.verify": (FAILURES_PER_ACCOUNT, FAILURES_PER_PLACE),
    "security.change_password": (FAILURES_PER_ACCOUNT, FAILURES_PER_PLACE),
    "security.two_factor_token_validation": (CODES, FAILURES_PER_PLACE),
    "security.two_factor_setup_validate": (CODES, FAILURES_PER_PLACE),
    "security.mf_recovery": (CODES, FAILURES_PER_PLACE),
}
LETTER_ENDPOINTS = ("security.forgot_password", "security.send_confirmation", "security.register")


def limit_attempts(app: Flask) -> None:
    """Beyond the limit answer 429 with Retry-After; a guess that was right does not count."""
    app.before_request(_count)
    app.after_request(_take_back_success)


def _count() -> None:
    """Count before the guess is looked at, so that a hundred at once are a hundred."""
    if request.method != "POST":
        return
    g.limits = _limits()
    with this_service().database.transaction() as database:
        for limit, whom in g.limits:
            count_attempt(database, limit, whom)


def _take_back_success(response: Response) -> Response:
    """A redirect is how Flask-Security says that a guess was right, a page that a registration was refused."""
    was_right = request.endpoint in GUESSED and response.status_code in (302, 303)
    sent_nothing = request.endpoint == "security.register" and response.status_code == 200
    if was_right or sent_nothing:
        with this_service().database.transaction() as database:
            for limit, whom in g.get("limits", ()):
                take_back_attempt(database, limit, whom)
    return response


def _limits() -> list[tuple[Limit, str]]:
    # What was typed, known or not; else who is half or wholly signed in.
    whom = request.form.get("email") or str(session.get("tf_user_id") or session.get("_user_id") or "")
    place = request.remote_addr or ""
    if request.endpoint in GUESSED:
        per_account, per_place = GUESSED[request.endpoint]
    elif request.endpoint in LETTER_ENDPOINTS:
        per_account, per_place = LETTERS_PER_ADDRESS, LETTERS_PER_PLACE
    else:
        return []
    return [(per_account, whom), (per_place, place)]
