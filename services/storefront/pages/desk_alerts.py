"""Alerts about payments: what money did that no rule could settle, until a person says that it is dealt with."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.storefront.clients.errors import Refused
from services.storefront.pages import readers
from services.storefront.pages.problems import words_for
from services.storefront.pages.words import gettext as _

blueprint = Blueprint("desk_alerts", __name__, url_prefix="/desk/alerts")


@blueprint.get("")
@readers.for_operators
def show() -> ResponseReturnValue:
    found = readers.orders().alerts(request.args.get("cursor"))
    return render_template("desk/alerts.html", found=found)


@blueprint.post("/<alert_id>/resolution")
@readers.for_operators
def resolve(alert_id: str) -> ResponseReturnValue:
    try:
        readers.orders().resolve_alert(alert_id)
        flash(_("已记为处理完。"), "success")
    except Refused as error:
        flash(words_for(error), "error")
    return redirect(url_for(".show"), 303)
