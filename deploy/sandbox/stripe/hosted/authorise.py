"""The mock wallet and the mock bank: one page where the payer says yes or no."""

from __future__ import annotations

from io import BytesIO

import segno
from flask import Blueprint, Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from deploy.sandbox.stripe.actions import authorisation
from deploy.sandbox.stripe.current import this_sandbox
from deploy.sandbox.stripe.hosted import showing
from deploy.sandbox.stripe.hosted.endings import language_for, told
from deploy.sandbox.stripe.moment import Moment
from deploy.sandbox.stripe.money import shown as money_shown

ADDRESS = "/authorise/<intent_id>/<token>"

authorising = Blueprint("authorising", __name__)


@authorising.get(ADDRESS)
def question(intent_id: str, token: str) -> tuple[str, int]:
    """Ask the payer. A code that was used, replaced or has expired says so."""
    sandbox = this_sandbox()
    with sandbox.store.reading() as tx:
        moment = Moment(tx, sandbox.options, sandbox.clock.now())
        found = authorisation.waiting(moment, intent_id, token)
    if found is None or found[1]["status"] != "requires_action":
        return told(found[0] if found else None, "over", 410)
    session, intent, method = found
    shown = showing.base(
        language_for(session),
        sandbox.options.merchant,
        session=session,
        type=method,
        total=money_shown(intent["amount"], intent["currency"]),
    )
    return render_template("authorise.html", **shown), 200


@authorising.post(ADDRESS)
def answer(intent_id: str, token: str) -> AnyResponse | tuple[str, int]:
    """Yes pays; no leaves the session open for another way. A phone is told, a computer is sent on."""
    agreed, on_phone = request.form.get("answer") == "yes", request.form.get("via") == "phone"
    with this_sandbox().moment() as moment:
        found = authorisation.waiting(moment, intent_id, token)
        if found is None:
            return told(None, "over", 410)
        session, intent, method = found
        done = (authorisation.authorise if agreed else authorisation.refuse)(moment, session, intent)
    if on_phone and done:
        return told(session, "done" if agreed else "refused", 200)
    if on_phone:
        return told(session, "over", 410)
    if session["status"] == "complete":
        return redirect(showing.success_address(session), 303)
    return redirect(showing.page_address(session, language_for(session), method=method, failed="1"), 303)


@authorising.get(f"{ADDRESS}/qr.<any(svg, png):kind>")
def qr(intent_id: str, token: str, kind: str) -> Response:
    """The address of the question as a picture."""
    picture = BytesIO()
    address = this_sandbox().options.page(f"/authorise/{intent_id}/{token}")
    segno.make(address, error="m").save(picture, kind=kind, scale=6, border=3)
    return Response(picture.getvalue(), mimetype="image/svg+xml" if kind == "svg" else "image/png")
