"""The front page: works first, three doors, what is new."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from services.storefront.clients.errors import ServiceDown
from services.storefront.clients.shapes import Json
from services.storefront.pages import readers

blueprint = Blueprint("home", __name__)
IN_MOSAIC, NEW, ASKED = 9, 8, 24


@blueprint.get("/")
def show() -> ResponseReturnValue:
    """Two calls to catalog, whatever there is to show; when it does not answer, the doors still open."""
    try:
        best = readers.catalog().products({"sort": "best_selling", "limit": ASKED})["items"]
        newest = readers.catalog().products({"sort": "newest", "limit": NEW})["items"]
    except ServiceDown:
        return render_template("home.html", mosaic=[], newest=[], degraded=True)
    return render_template("home.html", mosaic=mosaic_of(best, newest), newest=newest, degraded=False)


def mosaic_of(best: list[Json], newest: list[Json]) -> list[Json]:
    """The best selling ones with a picture, first those that do not stand below as new already."""
    shown = {product["id"] for product in newest}
    pictured = [product for product in best if product.get("cover")]
    return sorted(pictured, key=lambda product: product["id"] in shown)[:IN_MOSAIC]
