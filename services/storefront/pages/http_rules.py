"""What every answer of the pages carries, and which requests are refused before anything is done."""

from urllib.parse import urlsplit

from flask import Flask, Response, request, session

from services.storefront.pages.words import gettext as _
from services.storefront.settings import StorefrontSettings
from shared.problems import Forbidden

PUBLIC_ENDPOINTS = {"static", "well_known.keys", "well_known.robots"}
HALF_A_YEAR = 15_552_000
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}


class ForeignOrigin(Forbidden):
    slug, title = "foreign-origin", "This form was sent from another site"


def keep_http_rules(app: Flask, settings: StorefrontSettings) -> None:
    """Refuse what another site sends; stamp security headers and cache rules on every answer."""
    policy = content_security_policy(settings)

    @app.before_request
    def same_origin() -> None:
        if request.method in UNSAFE and not _is_ours():
            raise ForeignOrigin(_("这个表单是从别的网站发来的，请回到本站再试。"))

    @app.after_request
    def stamp(response: Response) -> Response:
        if request.endpoint == "static":
            return response
        headers = response.headers
        headers["Content-Security-Policy"] = policy
        headers["X-Content-Type-Options"] = "nosniff"
        headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        if settings.is_secure:
            headers["Strict-Transport-Security"] = f"max-age={HALF_A_YEAR}; includeSubDomains"
        return _with_cache_rules(response)


def content_security_policy(settings: StorefrontSettings) -> str:
    """Nothing inline, nothing from elsewhere; a form may lead only to us and to the payment page."""
    payment = " ".join(settings.payment_page_origins)
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            # data: holds the blurred picture that keeps the place, and the QR code of the second factor.
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "connect-src 'self'",
            "manifest-src 'self'",
            f"form-action 'self' {payment}".strip(),
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "object-src 'none'",
        ]
    )


def _is_ours() -> bool:
    """Browsers tell where a form came from; without a word the CSRF token alone decides."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("Origin")
    return origin is None or (urlsplit(origin).scheme, urlsplit(origin).netloc) == (request.scheme, request.host)


def _with_cache_rules(response: Response) -> Response:
    if request.endpoint in PUBLIC_ENDPOINTS:
        return response
    response.vary.update(["Cookie", "Accept-Language"])
    if "_user_id" in session or session.modified or "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store" if "_user_id" in session else "no-cache, private"
    return response
