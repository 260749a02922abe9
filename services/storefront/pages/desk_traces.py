"""Whose copy is a file that leaked: the operators upload it, or give the copy's number."""

from flask import Blueprint, Response, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from services.storefront.clients.errors import Refused
from services.storefront.clients.shapes import Json
from services.storefront.pages import readers
from services.storefront.pages.creator_files import MOST_BYTES, uploads_of_form
from services.storefront.pages.problems import words_for
from shared.auth import LIFETIME

blueprint = Blueprint("desk_traces", __name__, url_prefix="/desk/traces")


@blueprint.before_request
def allow_larger_forms() -> None:
    if request.mimetype == "multipart/form-data":
        request.max_content_length = MOST_BYTES


@blueprint.post("/upload-token")
@readers.for_operators
def give_token() -> Response:
    """A five-minute token with which this browser uploads a file to trace, whatever its size."""
    return jsonify(token=readers.operator_catalog().token(), seconds=LIFETIME)


@blueprint.route("", methods=["GET", "POST"])
@readers.for_operators
def show() -> ResponseReturnValue:
    """Look a leaked file up: which order's copy is it?"""
    if request.method == "GET":
        return render_template("desk/traces.html", found=None, error="")
    try:
        found = _found()
    except Refused as error:
        return render_template("desk/traces.html", found=None, error=words_for(error)), error.status
    return render_template("desk/traces.html", found=found, error="")


def _found() -> Json:
    if copy_id := request.form.get("copy_id", "").strip():
        return readers.operator_catalog().trace_copy(copy_id)
    return readers.operator_catalog().trace(uploads_of_form("trace")[0])
