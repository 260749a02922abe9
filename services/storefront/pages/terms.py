"""The words that buyers accept, as they were at each version."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from markdown_it import MarkdownIt
from markupsafe import Markup

from services.storefront.pages import readers

blueprint = Blueprint("terms", __name__)
# "js-default" shows HTML in a text as text and never runs it.
MARKDOWN = MarkdownIt("js-default").disable("image")


@blueprint.get("/terms/<key>/<version>")
def show(key: str, version: str) -> ResponseReturnValue:
    return render_template("terms.html", terms=readers.catalog().terms(key, version))


def as_html(text: str) -> Markup:
    """Markdown that others wrote, as safe HTML: no raw HTML, no pictures, no script addresses."""
    return Markup(MARKDOWN.render(text or ""))  # noqa: S704
