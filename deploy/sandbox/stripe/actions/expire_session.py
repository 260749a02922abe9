"""Close a Checkout Session that nobody has paid."""

from __future__ import annotations

from deploy.sandbox.stripe.errors import Json, refused
from deploy.sandbox.stripe.moment import Moment

# What an intent may still come back from; the rest is settled.
UNFINISHED = ("requires_payment_method", "requires_action", "requires_confirmation")


def expire_session(moment: Moment, session: Json) -> Json:
    """Expire an open session and cancel its intent. A complete or expired one is refused."""
    if session["status"] != "open":
        raise refused(
            'Only Checkout Sessions with a status in ["open"] can be expired. '
            f"This Checkout Session has a status of `{session['status']}`."
        )
    session.update(status="expired", url=None)
    moment.tx.save(session)
    moment.tx.unschedule("expire_session", session["id"])
    if session["payment_intent"]:
        cancel_intent(moment, moment.tx.get(session["payment_intent"]))
    moment.emit("checkout.session.expired", session)
    return session


def cancel_intent(moment: Moment, intent: Json) -> None:
    """Cancel the intent of a session that has ended, so that no open wallet page can pay it any more."""
    if intent["status"] not in UNFINISHED:
        return
    intent.update(
        status="canceled", canceled_at=moment.now, cancellation_reason="expired", next_action=None, processing=None
    )
    moment.tx.save(intent)
    moment.emit("payment_intent.canceled", intent)
