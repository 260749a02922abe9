"""Language and light or dark: kept in a cookie of their own, changed without leaving the page."""

from flask import Blueprint, Response, make_response, redirect, request
from werkzeug import Response as BaseResponse

from services.storefront.domain.person import LANGUAGES
from services.storefront.languages import COOKIE
from services.storefront.pages.rendering import THEMES
from shared.service import this_service

blueprint = Blueprint("preferences", __name__, url_prefix="/preferences")
A_YEAR = 31_536_000


@blueprint.post("/language")
def choose_language() -> Response:
    return _keep(COOKIE, request.form.get("language", ""), LANGUAGES)


@blueprint.post("/theme")
def choose_theme() -> Response:
    return _keep("theme", request.form.get("theme", ""), THEMES)


def _keep(cookie: str, chosen: str, known: tuple[str, ...]) -> Response:
    response = make_response(_back())
    if chosen in known:
        # The theme's cookie is also written by a script, so neither is HttpOnly; they say nothing secret.
        secure = this_service().settings.public_url.startswith("https:")
        response.set_cookie(cookie, chosen, max_age=A_YEAR, samesite="Lax", secure=secure)
    return response


def _back() -> BaseResponse:
    """To the page the form stood on; never to another site."""
    here = request.form.get("here", "/")
    safe = here.startswith("/") and not here.startswith(("//", "/\\")) and "\n" not in here and "\r" not in here
    return redirect(here if safe else "/", 303)
