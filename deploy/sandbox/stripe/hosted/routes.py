"""The pages of a payment. They work with forms and links alone; the session's id is the only secret they need."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from deploy.sandbox.stripe.actions.pay import NotPayable, pay_by_card, pay_by_wallet, pay_later
from deploy.sandbox.stripe.current import this_sandbox
from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.hosted import showing
from deploy.sandbox.stripe.hosted.authorise import authorising
from deploy.sandbox.stripe.hosted.endings import ended, language_for
from deploy.sandbox.stripe.moment import Moment

# No `form-action`: browsers apply it to the redirect that follows, and that leads to the merchant's own address.
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; frame-ancestors 'none'"
)
PAYING_CARD = "4242 4242 4242 4242"

Page = AnyResponse | tuple[str, int]

pages = Blueprint("hosted", __name__, template_folder="templates", static_folder="static", static_url_path="/c/static")
pages.register_blueprint(authorising)


@pages.get("/c/pay/<session_id>")
def page(session_id: str) -> Page:
    """The payment page, or why there is nothing to pay."""
    sandbox = this_sandbox()
    with sandbox.store.reading() as tx:
        moment = Moment(tx, sandbox.options, sandbox.clock.now())
        session = open_session(moment, session_id)
        method = showing.chosen_method(session, request.args.get("method"))
        shown = showing.checkout(
            moment,
            session,
            language_for(session),
            method,
            failed=request.args.get("failed") == "1",
            typed={"number": request.args.get("number", PAYING_CARD)},
        )
    return render_template("pay.html", **shown), 200


@pages.post("/c/pay/<session_id>/card")
def card(session_id: str) -> Page:
    """Pay by card; a refused one is told on the page, which keeps what was typed."""
    typed = {name: request.form.get(name, "") for name in ("number", "expires", "cvc", "name")}
    with this_sandbox().moment() as moment:
        session = open_session(moment, session_id)
        why = pay_by_card(moment, session, typed["number"], typed["expires"], typed["name"])
        if why is not None:
            language = language_for(session)
            error = showing.decline_words(why, language)
            shown = showing.checkout(moment, session, language, "card", error=error, typed=typed)
            return render_template("pay.html", **shown), 402
        asked = showing.wallet_address(moment, session, "card")
    return redirect(f"{asked}?lang={language_for(session)}" if asked else showing.success_address(session), 303)


@pages.post("/c/pay/<session_id>/wallet")
def wallet(session_id: str) -> Page:
    """Choose a wallet: Alipay leads to its page, WeChat Pay shows its code here."""
    method = request.form.get("method", "")
    with this_sandbox().moment() as moment:
        session = open_session(moment, session_id)
        if showing.wallet_address(moment, session, method) is None:
            pay_by_wallet(moment, session, method)
        address = showing.wallet_address(moment, session, method)
    language = language_for(session)
    if method == "alipay":
        return redirect(f"{address}?lang={language}", 303)
    return redirect(showing.page_address(session, language, method=method), 303)


@pages.post("/c/pay/<session_id>/later")
def later(session_id: str) -> Page:
    """Complete the session with money that is still on its way."""
    with this_sandbox().moment() as moment:
        session = open_session(moment, session_id)
        pay_later(moment, session, succeeds=request.form.get("outcome") != "fail")
    return redirect(showing.success_address(session), 303)


@pages.get("/c/pay/<session_id>/<any(card, wallet, later):form>")
def back(session_id: str, form: str) -> Page:
    """A form's address opened as a page, after a reload or the back button: the page itself."""
    return redirect(url_for("hosted.page", session_id=session_id, method="card" if form == "card" else None), 303)


@pages.get("/c/pay/<session_id>/state")
def state(session_id: str) -> tuple[Response, int]:
    """How it stands, for a page that waits for a phone."""
    with this_sandbox().store.reading() as tx:
        session = tx.find(session_id, "checkout.session")
    if session is None:
        return jsonify(status="unknown"), 404
    return jsonify(status=session["status"], onward=showing.success_address(session)), 200


@pages.errorhandler(NotPayable)
def not_payable(error: NotPayable) -> Page:
    """Somebody was faster, in another tab or on a phone; or the method is not one of the session's."""
    with this_sandbox().store.reading() as tx:
        session = tx.find(str(error), "checkout.session")
    if session is not None and session["status"] == "open":
        return redirect(showing.page_address(session, language_for(session)), 303)
    return ended(session)


@pages.after_request
def protect(response: Response) -> Response:
    """Nothing from elsewhere, nothing kept, nothing told to the next page."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if request.endpoint != "hosted.static":
        response.headers["Cache-Control"] = "no-store"
    return response


def open_session(moment: Moment, session_id: str) -> Json:
    """The session, if it can still be paid."""
    session = moment.tx.find(session_id, "checkout.session")
    if session is None or session["status"] != "open":
        raise NotPayable(session_id)
    return session
