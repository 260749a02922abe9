"""The operators' desk: what needs a person first; orders and refunds; reviews; downloads."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_security import auth_required

from services.storefront import queries
from services.storefront.clients.errors import Refused, ServiceDown
from services.storefront.clients.shapes import Json
from services.storefront.pages import readers
from services.storefront.pages.orders import step_line, timeline
from services.storefront.pages.problems import words_for
from services.storefront.pages.product_form import fen_of
from services.storefront.pages.sign_in.people import people_session
from services.storefront.pages.words import gettext as _
from shared.ids import new_id
from shared.messaging.parked import list_parked

blueprint = Blueprint("desk", __name__, url_prefix="/desk")
REASONS = ("requested_by_customer", "not_as_described", "duplicate", "fraudulent", "other")


@blueprint.get("")
@readers.for_operators
def show() -> ResponseReturnValue:
    """Each figure by itself: one service being away leaves the others standing."""
    return render_template(
        "desk/desk.html",
        reviews=_or_none(lambda: readers.operator_catalog().reviews()),
        orders=_or_none(lambda: readers.orders().search("")),
        alerts=_or_none(lambda: readers.orders().alerts()),
        letters=queries.waiting_letters(people_session()),
        parked=len(list_parked(people_session())),
    )


@blueprint.get("/alerts")
@readers.for_operators
def alerts() -> ResponseReturnValue:
    return render_template("desk/alerts.html", found=readers.orders().alerts(request.args.get("cursor")))


@blueprint.post("/alerts/<alert_id>/resolution")
@readers.for_operators
def resolve(alert_id: str) -> ResponseReturnValue:
    try:
        readers.orders().resolve(alert_id)
    except Refused as error:
        flash(words_for(error), "error")
    return redirect(url_for(".alerts"), 303)


@blueprint.get("/reviews")
@readers.for_operators
def reviews() -> ResponseReturnValue:
    found = readers.operator_catalog().reviews(request.args.get("cursor"))
    return render_template("desk/reviews.html", found=found)


@blueprint.post("/reviews/<review_id>/decision")
@readers.for_operators
def decide(review_id: str) -> ResponseReturnValue:
    decision, note = request.form.get("decision", ""), request.form.get("note", "").strip()
    try:
        readers.operator_catalog().decide(review_id, decision, note, request.form.get("key") or str(new_id()))
        flash(_("决定已记下，创作者会收到信。"), "success")
    except Refused as error:
        flash(words_for(error), "error")
    return redirect(url_for(".reviews"), 303)


@blueprint.get("/orders")
@readers.for_operators
def orders() -> ResponseReturnValue:
    query = request.args.get("q", "").strip()[:100]
    found = readers.orders().search(query, request.args.get("cursor"))
    return render_template("desk/orders.html", found=found, query=query)


@blueprint.get("/orders/<order_id>")
@readers.for_operators
def order(order_id: str) -> ResponseReturnValue:
    return _order_page(order_id)


@blueprint.post("/orders/<order_id>/refunds")
@readers.for_operators
@auth_required("session", within=30, grace=10)  # type: ignore[untyped-decorator]
def refund(order_id: str) -> ResponseReturnValue:
    """Give money back by line; the order's number typed out is the confirmation."""
    order = readers.orders().order(order_id)
    lines, wrong = _refund_lines(order)
    if wrong or not lines:
        return _order_page(order_id, wrong or _("请填写要退的金额。")), 422
    if request.form.get("confirmation", "").strip() != order["number"]:
        return _order_page(order_id, _("请照抄订单号来确认。")), 422
    body = {
        "lines": lines,
        "reason": request.form.get("reason", "other"),
        "note": request.form.get("note", "").strip(),
        "revoke_access": request.form.get("revoke_access") == "yes",
    }
    try:
        readers.orders().refund(order_id, body, request.form.get("key") or str(new_id()))
    except Refused as error:
        return _order_page(order_id, words_for(error)), error.status
    flash(_("退款已提交。支付方完成后，订单的经过里会写明。"), "success")
    return redirect(url_for(".order", order_id=order_id), 303)


@blueprint.post("/orders/<order_id>/download-limits/<entitlement_id>")
@readers.for_operators
def reset_limit(order_id: str, entitlement_id: str) -> ResponseReturnValue:
    limit = request.form.get("limit", "")
    try:
        count = int(limit) if limit.isascii() and limit.isdigit() and len(limit) < 6 else -1
        reason = request.form.get("reason", "").strip()
        readers.operator_catalog().set_limit(entitlement_id, count, reason, request.form.get("key") or str(new_id()))
        flash(_("下载次数已重新计算。"), "success")
    except Refused as error:
        flash(words_for(error), "error")
    return redirect(url_for(".order", order_id=order_id), 303)


@blueprint.get("/orders/<order_id>/access-log/<entitlement_id>")
@readers.for_operators
def access_log(order_id: str, entitlement_id: str) -> ResponseReturnValue:
    found = readers.operator_catalog().access_log(entitlement_id, request.args.get("cursor"))
    return render_template("desk/access_log.html", found=found, order_id=order_id)


def _order_page(order_id: str, error: str = "") -> str:
    order = readers.orders().order(order_id)
    return render_template(
        "desk/order.html",
        order=order,
        steps=step_line(order),
        entries=timeline(order),
        held=_or_none(lambda: readers.operator_catalog().entitlements(order_id)),
        reasons=[(name, _reason(name)) for name in REASONS],
        given=request.form if request.method == "POST" else {},
        error=error,
    )


def _refund_lines(order: Any) -> tuple[list[Json], str]:
    """The lines with an amount to give back in fen, or what is wrong with them."""
    lines = []
    for line in order["lines"]:
        text = request.form.get(f"amount-{line['id']}", "").strip()
        if not text:
            continue
        fen = fen_of(text)
        if fen is None or fen <= 0 or fen > refundable(line):
            return [], _("金额要大于 0，并且不超过这一项还能退的。")
        lines.append({"line_id": line["id"], "amount": fen})
    return lines, ""


def refundable(line: Json) -> int:
    """Fen of a line that can still be given back."""
    left = line.get("refundable")
    return int(left if left is not None else line.get("paid", 0) - line.get("refunded", 0))


def _reason(name: str) -> str:
    return {
        "requested_by_customer": _("顾客要求"),
        "not_as_described": _("和说明不符"),
        "duplicate": _("重复付款"),
        "fraudulent": _("不是本人付款"),
        "other": _("其他"),
    }[name]


def _or_none(ask: Any) -> Any:
    try:
        return ask()
    except (ServiceDown, Refused):
        return None
