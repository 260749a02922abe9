"""The step outside the shop: Alipay's page, WeChat's code, a bank's question."""

from __future__ import annotations

from hmac import compare_digest

import segno

from deploy.sandbox.stripe.actions import settle
from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.ids import random_text
from deploy.sandbox.stripe.moment import Moment
from deploy.sandbox.stripe.objects.payment_intent import alipay_action, bank_action, qr_code_action

REFUSED: Json = {
    "code": "payment_intent_authentication_failure",
    "message": "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a "
    "new PaymentMethod to attempt to fulfill this PaymentIntent again.",
    "type": "invalid_request_error",
}


def ask_to_authorise(moment: Moment, session: Json, intent: Json, method: str) -> None:
    """Let the intent wait for the payer. A new try makes an older code worthless."""
    token = random_text(32)
    moment.tx.note(intent["id"], token=token, session=session["id"], type=method)
    address = moment.options.page(f"/authorise/{intent['id']}/{token}")
    back = moment.options.page(f"/c/pay/{session['id']}")
    if method == "wechat_pay":
        action = qr_code_action(address, segno.make(address, error="m").svg_data_uri(scale=4))
    elif method == "alipay":
        action = alipay_action(address, back)
    else:
        action = bank_action(address, back)
    intent.update(status="requires_action", next_action=action)
    moment.tx.save(intent)
    moment.emit("payment_intent.requires_action", intent)


def waiting(moment: Moment, intent_id: str, token: str) -> tuple[Json, Json, str] | None:
    """(session, intent, method type) that this token may answer for, or None when it is unknown or old."""
    intent = moment.tx.find(intent_id, "payment_intent")
    known = moment.tx.private(intent_id)
    if intent is None or not compare_digest(str(known.get("token", "")).encode(), token.encode()):
        return None
    return moment.tx.get(known["session"]), intent, known["type"]


def authorise(moment: Moment, session: Json, intent: Json) -> bool:
    """The payer said yes. False when there was nothing left to authorise."""
    if intent["status"] != "requires_action":
        return False
    settle.succeed(moment, session, intent)
    return True


def refuse(moment: Moment, session: Json, intent: Json) -> bool:
    """The payer said no, or the wallet did; they may choose another way. False when it was over already."""
    if session["status"] != "open" or intent["status"] != "requires_action":
        return False
    settle.fail(moment, intent, REFUSED)
    return True
