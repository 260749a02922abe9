"""What comes after registering: a letter is on its way."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from shared.service import this_service

blueprint = Blueprint("registered", __name__)


@blueprint.get("/register/sent")
def show() -> ResponseReturnValue:
    return render_template("registered.html", demo=this_service().settings.environment == "demo")
