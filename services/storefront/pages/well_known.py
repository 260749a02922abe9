"""What machines ask for: the keys that check our tokens, and what crawlers may read."""

from flask import Blueprint, Response, jsonify, url_for

from services.storefront.pages import readers

blueprint = Blueprint("well_known", __name__)
CLOSED = ("/account", "/cart", "/checkout", "/orders", "/library", "/creator", "/desk", "/preferences")


@blueprint.get("/.well-known/jwks.json")
def keys() -> Response:
    response = jsonify(readers.signer().public_jwks())
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@blueprint.get("/robots.txt")
def robots() -> Response:
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in CLOSED)]
    response = Response("\n".join(lines) + "\n", mimetype="text/plain")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    return Response(status=302, headers={"Location": url_for("static", filename="favicon.svg")})
