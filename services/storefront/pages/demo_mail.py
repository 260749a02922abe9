"""The demo's letter box: letters are files there, and whoever tries the demo must be able to read them.

Registered in the demo alone.
"""

from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import cast

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from services.storefront.settings import StorefrontSettings
from shared.service import this_service

blueprint = Blueprint("demo_mail", __name__, url_prefix="/demo")
SHOWN = 20


@blueprint.get("/mail")
def show() -> ResponseReturnValue:
    settings = cast(StorefrontSettings, this_service().settings)
    files = sorted(Path(settings.mail_folder).glob("*.eml"), key=lambda file: file.name, reverse=True)
    return render_template("demo_mail.html", letters=[_read(file) for file in files[:SHOWN]])


def _read(file: Path) -> dict[str, str]:
    letter = message_from_bytes(file.read_bytes(), policy=default)
    return {
        "to": str(letter["To"]),
        "subject": str(letter["Subject"]),
        "at": letter["Date"].datetime.isoformat(),
        "body": str(letter.get_content()),
    }
