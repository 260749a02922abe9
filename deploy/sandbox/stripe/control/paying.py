"""Pay a session without a browser."""

from __future__ import annotations

from deploy.sandbox.stripe.actions import authorisation
from deploy.sandbox.stripe.actions.pay import NotPayable, pay_by_card, pay_by_wallet, pay_later
from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.moment import Moment
from deploy.sandbox.stripe.sandbox import Sandbox

CARDS = {
    "succeed": "4242424242424242",
    "decline": "4000000000000002",
    "disputed": "4000000000000259",
    "insufficient_funds": "4000000000009995",
}
LATER = {"later": True, "later_fail": False}


def pay_session(sandbox: Sandbox, session_id: str, method: str | None, outcome: str) -> Json:
    """Do what a customer would do on the page, through the same actions, and answer the session as it is then.

    Raises LookupError for an unknown session and ValueError when it cannot be paid so.
    """
    with sandbox.moment() as moment:
        session = moment.tx.find(session_id, "checkout.session")
        if session is None:
            raise LookupError(f"no such session: {session_id}")
        try:
            act(moment, session, method or session["payment_method_types"][0], outcome)
        except NotPayable:
            raise ValueError(f"the session is {session['status']}, or does not take {method}") from None
        return moment.tx.get(session_id)


def act(moment: Moment, session: Json, method: str, outcome: str) -> None:
    """One way of paying, with one outcome."""
    if outcome in LATER:
        pay_later(moment, session, LATER[outcome])
    elif method == "card" and outcome in CARDS:
        pay_by_card(moment, session, CARDS[outcome], "12 / 34", None)
    elif method in ("alipay", "wechat_pay") and outcome in ("succeed", "decline"):
        intent = pay_by_wallet(moment, session, method)
        if outcome == "succeed":
            authorisation.authorise(moment, session, intent)
        else:
            authorisation.refuse(moment, session, intent)
    else:
        raise ValueError(f"{method} knows no outcome {outcome}")
