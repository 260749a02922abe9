"""The front page: works first, three doors, what is new."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from services.storefront.clients.errors import ServiceDown
from services.storefront.pages import readers

blueprint = Blueprint("home", __name__)
IN_MOSAIC, NEW = 9, 8


@blueprint.get("/")
def show() -> ResponseReturnValue:
    """Two calls to catalog, whatever there is to show; when it does not answer, the doors still open."""
    try:
        best = readers.catalog().products({"sort": "best_selling", "limit": IN_MOSAIC})["items"]
        newest = readers.catalog().products({"sort": "newest", "limit": NEW})["items"]
    except ServiceDown:
        return render_template("home.html", mosaic=[], newest=[], degraded=True)
    mosaic = [product for product in best if product.get("cover")]
    return render_template("home.html", mosaic=mosaic, newest=newest, degraded=False)
