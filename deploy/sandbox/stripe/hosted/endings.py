"""The page that says there is nothing to pay, and why."""

from __future__ import annotations

from flask import render_template, request

from deploy.sandbox.stripe.current import this_sandbox
from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.hosted import showing
from deploy.sandbox.stripe.hosted.words import language_of

ENDINGS = {
    ("complete", "paid"): ("complete", 200),
    ("complete", "unpaid"): ("processing", 200),
    ("expired", "unpaid"): ("expired", 410),
}


def ended(session: Json | None) -> tuple[str, int]:
    """How a session ended, with the way back to the merchant."""
    if session is None:
        return told(None, "unknown", 404)
    name, status = ENDINGS[session["status"], session["payment_status"]]
    onward = showing.success_address(session) if status == 200 else session["cancel_url"]
    return told(session, name, status, onward)


def told(session: Json | None, name: str, status: int, onward: str | None = None) -> tuple[str, int]:
    """A page that only says something."""
    merchant = this_sandbox().options.merchant
    shown = showing.base(language_for(session), merchant, ending=name, onward=onward, session=session)
    return render_template("ended.html", **shown), status


def language_for(session: Json | None) -> str:
    """zh or en, for this request."""
    return language_of(request.values.get("lang"), session, request.accept_languages)
