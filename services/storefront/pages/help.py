"""Two pages of plain words: how buying works, and what we keep about whom."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

blueprint = Blueprint("help", __name__, url_prefix="/help")


@blueprint.get("/how")
def how() -> ResponseReturnValue:
    return render_template("help_how.html")


@blueprint.get("/privacy")
def privacy() -> ResponseReturnValue:
    return render_template("help_privacy.html")
