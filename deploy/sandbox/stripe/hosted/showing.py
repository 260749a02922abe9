"""What the templates are given."""

from __future__ import annotations

from math import ceil
from typing import Any

import segno
from flask import url_for

from deploy.sandbox.stripe import money
from deploy.sandbox.stripe.cards import CARDS, Decline
from deploy.sandbox.stripe.errors import Json
from deploy.sandbox.stripe.hosted.words import LANGUAGES
from deploy.sandbox.stripe.moment import Moment

USUAL_CARDS = ("4242424242424242", "4000000000000002", "4000000000009995")


def base(language: str, merchant: str, **more: Any) -> Json:
    """What every page needs."""
    return {
        "lang": language,
        "other": "en" if language == "zh" else "zh",
        "words": LANGUAGES[language],
        "merchant": merchant,
        "money": money.shown,
        **more,
    }


def checkout(moment: Moment, session: Json, language: str, method: str, **more: Any) -> Json:
    """The payment page of an open session, with one method chosen."""
    lines: list[Json] = moment.tx.private(session["id"])["line_items"]
    address = wallet_address(moment, session, method)
    return base(
        language,
        moment.options.merchant,
        session=session,
        lines=lines,
        method=method,
        total=money.shown(session["amount_total"], session["currency"]),
        left=time_left(session["expires_at"] - moment.time, language),
        cards=CARDS,
        usual_cards=USUAL_CARDS,
        later_seconds=f"{moment.options.later_delay:g}",
        scan_address=address,
        qr=qr_code(address) if address and method == "wechat_pay" else None,
        **more,
    )


def time_left(seconds: float, language: str) -> str:
    """How long somebody may take, in minutes, or in hours when there is plenty."""
    unit, size = ("hours_left", 3600) if seconds > 2 * 3600 else ("minutes_left", 60)
    return LANGUAGES[language][unit].format(count=max(1, ceil(seconds / size)))


def wallet_address(moment: Moment, session: Json, method: str) -> str | None:
    """Where a payer authorises a payment begun with this method, if one was."""
    if session["payment_intent"] is None:
        return None
    intent = moment.tx.get(session["payment_intent"])
    known = moment.tx.private(intent["id"])
    if intent["status"] != "requires_action" or known.get("type") != method:
        return None
    return moment.options.page(f"/authorise/{intent['id']}/{known['token']}")


def qr_code(address: str) -> str:
    """A QR code as SVG, dark on light in every theme: a camera needs the contrast."""
    return segno.make(address, error="m").svg_inline(scale=5, border=3, dark="#111", light="#fff", omitsize=True)


def chosen_method(session: Json, asked: str | None) -> str:
    """The method asked for, or the session's first."""
    types: list[str] = session["payment_method_types"]
    return asked if asked in types else types[0]


def decline_words(decline: Decline | None, language: str) -> str | None:
    """Why a card was refused, in the customer's words."""
    if decline is None:
        return None
    return LANGUAGES[language][decline.decline_code or decline.code]


def success_address(session: Json) -> str:
    """Where the merchant wants a payer to land, with the session's id put in."""
    address: str = session["success_url"]
    for template in ("{CHECKOUT_SESSION_ID}", "%7BCHECKOUT_SESSION_ID%7D"):
        address = address.replace(template, session["id"])
    return address


def page_address(session: Json, language: str, method: str | None = None, failed: str | None = None) -> str:
    """The payment page of a session, below whatever path a front gives us."""
    return url_for("hosted.page", session_id=session["id"], lang=language, method=method, failed=failed)
