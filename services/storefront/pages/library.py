"""What a customer owns: every purchase, why it is theirs, and their own copies of its files."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.storefront.clients.errors import Refused
from services.storefront.pages import readers
from services.storefront.pages.pictures import at_front
from services.storefront.pages.problems import words_for

blueprint = Blueprint("library", __name__)


@blueprint.get("/library")
@readers.signed_in
def show() -> ResponseReturnValue:
    return render_template("library.html", found=readers.catalog().library(request.args.get("cursor")))


@blueprint.get("/library/<entitlement_id>")
@readers.signed_in
def item(entitlement_id: str) -> ResponseReturnValue:
    return render_template("library_item.html", owned=readers.catalog().library_item(entitlement_id))


@blueprint.post("/library/<entitlement_id>/files/<file_id>/download")
@readers.signed_in
def download(entitlement_id: str, file_id: str) -> ResponseReturnValue:
    """Make a short-lived link to the reader's own copy and follow it: the browser keeps the page and saves the file."""
    try:
        link = readers.catalog().download_link(entitlement_id, file_id)
    except Refused as error:
        if error.status == 404:
            raise
        flash(words_for(error), "error")
        return redirect(url_for(".item", entitlement_id=entitlement_id), 303)
    return redirect(at_front(link), 303)
