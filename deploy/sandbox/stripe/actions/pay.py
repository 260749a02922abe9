"""What a customer does on the payment page."""

from __future__ import annotations

from deploy.sandbox.stripe.actions import settle
from deploy.sandbox.stripe.actions.authorisation import ask_to_authorise
from deploy.sandbox.stripe.cards import DECLINED, WRONG_DATE, Decline, SandboxCard, card_for, expiry
from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.moment import Moment
from deploy.sandbox.stripe.objects.payment_intent import new_payment_intent
from deploy.sandbox.stripe.objects.payment_method import billing_details, card_method, wallet_method


class NotPayable(Exception):
    """The session has ended, or does not take this way of paying."""


def pay_by_card(moment: Moment, session: Json, number: str, expires: str, name: str | None) -> Decline | None:
    """Pay with a test card. Answers why not, or None when it is paid or (see the intent) the bank asks first.

    A number or date that cannot be right never reaches a bank, so it leaves no trace.
    """
    check_payable(session, "card")
    card, date = card_for(number), expiry(expires, moment.time)
    if date is None:
        return WRONG_DATE
    if isinstance(card, Decline):
        if card.decline_code is None:
            return card
        digits = "".join(character for character in number if character.isdigit())
        card = SandboxCard(digits, "unknown", decline=card)
    method = card_method(card, date, billing_details(session["customer_email"], name or None), moment.now)
    intent = begin(moment, session, method)
    if card.decline is not None:
        settle.decline(moment, intent, card.decline)
    elif card.asks_the_bank:
        ask_to_authorise(moment, session, intent, "card")
    else:
        settle.succeed(moment, session, intent)
        if card.is_disputed:
            due = moment.time + moment.options.dispute_delay
            moment.tx.schedule("open_dispute", intent["latest_charge"], due)
    return card.decline


def pay_by_wallet(moment: Moment, session: Json, method: str) -> Json:
    """Choose Alipay or WeChat Pay; answers the intent, which asks the payer to authorise it in the wallet."""
    check_payable(session, method)
    chosen = wallet_method(method, billing_details(session["customer_email"], None), moment.now)
    intent = begin(moment, session, chosen)
    ask_to_authorise(moment, session, intent, method)
    return intent


def pay_later(moment: Moment, session: Json, succeeds: bool) -> Json:
    """Complete the session now, with the money arriving (or failing to) after `later_delay` seconds."""
    types = session["payment_method_types"]
    wallet = next((known for known in ("alipay", "wechat_pay") if known in types), types[0])
    check_payable(session, wallet)
    billing = billing_details(session["customer_email"], None)
    if wallet == "card":
        method = card_method(SandboxCard("4242424242424242", "visa"), (12, 2099), billing, moment.now)
    else:
        method = wallet_method(wallet, billing, moment.now)
    intent = begin(moment, session, method)
    intent.update(status="processing", processing={"type": "card"} if wallet == "card" else None)
    moment.tx.save(intent)
    moment.emit("payment_intent.processing", intent)
    settle.complete(moment, session, intent, payment_status="unpaid")
    moment.emit("checkout.session.completed", session)
    due = moment.time + moment.options.later_delay
    moment.tx.schedule("settle_payment", session["id"], due, {"succeeds": succeeds})
    return intent


def settle_later_payment(moment: Moment, session: Json, succeeds: bool) -> None:
    """What was to be paid later is paid, or fails for good."""
    intent = moment.tx.get(session["payment_intent"])
    if intent["status"] != "processing":
        return
    if succeeds:
        settle.succeed(moment, session, intent)
        return
    settle.decline(moment, intent, DECLINED)
    moment.emit("checkout.session.async_payment_failed", session)


def begin(moment: Moment, session: Json, method: Json) -> Json:
    """Start a try: the session's intent is made with the first one and used again by the next."""
    moment.tx.add(method)
    if session["payment_intent"] is None:
        asked = moment.tx.private(session["id"]).get("payment_intent_data", {})
        capture = "automatic_async" if moment.options.booking_delay else "automatic"
        intent = moment.tx.add(new_payment_intent(session, asked, capture, moment.now))
        moment.emit("payment_intent.created", intent)
        session["payment_intent"] = intent["id"]
        moment.tx.save(session)
    else:
        intent = moment.tx.get(session["payment_intent"])
    intent.update(payment_method=method["id"], last_payment_error=None, next_action=None)
    return moment.tx.save(intent)


def check_payable(session: Json, method: str) -> None:
    """An open session that takes this method."""
    if session["status"] != "open" or method not in session["payment_method_types"]:
        raise NotPayable(session["id"])
