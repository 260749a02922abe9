"""Files and pictures of a product. A script uploads in pieces and can go on after a dropped connection; without
one an ordinary form takes files of modest size."""

from flask import Blueprint, Response, flash, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from services.storefront.clients.errors import Refused
from services.storefront.pages import readers
from services.storefront.pages.problems import words_for
from services.storefront.pages.words import gettext as _
from shared.auth import LIFETIME

blueprint = Blueprint("creator_files", __name__, url_prefix="/creator")
# What an ordinary form may carry; the front takes no larger body.
MOST_BYTES = 16 * 1024 * 1024


@blueprint.before_request
def allow_larger_forms() -> None:
    if request.mimetype == "multipart/form-data":
        request.max_content_length = MOST_BYTES


@blueprint.post("/upload-token")
@readers.for_creators
def give_token() -> Response:
    """A five-minute token with which this browser may upload; the script asks again before it ends."""
    return jsonify(token=readers.creator_catalog().token(), seconds=LIFETIME)


@blueprint.post("/products/<product_id>/versions/<version_id>/files")
@readers.for_creators
def add_file(product_id: str, version_id: str) -> ResponseReturnValue:
    try:
        for upload_id in uploads_of_form("file"):
            readers.creator_catalog().add_file(version_id, upload_id)
    except Refused as error:
        flash(words_for(error), "error")
    return redirect(url_for("creator.show", product_id=product_id, stage="files"), 303)


@blueprint.post("/products/<product_id>/files/<file_id>/removal")
@readers.for_creators
def remove_file(product_id: str, file_id: str) -> ResponseReturnValue:
    try:
        readers.creator_catalog().remove_file(file_id)
        flash(_("文件已删除。"), "success")
    except Refused as error:
        flash(words_for(error), "error")
    return redirect(url_for("creator.show", product_id=product_id, stage="files"), 303)


@blueprint.post("/products/<product_id>/pictures")
@readers.for_creators
def add_picture(product_id: str) -> ResponseReturnValue:
    try:
        for upload_id in uploads_of_form("picture"):
            readers.creator_catalog().add_picture(product_id, upload_id)
    except Refused as error:
        flash(words_for(error), "error")
    return redirect(url_for("creator.show", product_id=product_id, stage="pictures"), 303)


@blueprint.post("/products/<product_id>/pictures/<picture_id>/removal")
@readers.for_creators
def remove_picture(product_id: str, picture_id: str) -> ResponseReturnValue:
    try:
        readers.creator_catalog().remove_picture(picture_id)
        flash(_("图片已删除。"), "success")
    except Refused as error:
        flash(words_for(error), "error")
    return redirect(url_for("creator.show", product_id=product_id, stage="pictures"), 303)


def uploads_of_form(purpose: str) -> list[str]:
    """The ids of what the script has uploaded already, or of the form's own files, sent on from here.

    Raises Refused (422) when the form holds neither.
    """
    if upload_ids := [one for one in request.form.getlist("upload_id") if one]:
        return upload_ids
    sent = [one for one in request.files.getlist("content") if one.filename]
    if not sent:
        raise Refused("catalog", 422, {"detail": _("请先选择文件。")})
    return [_send_on(one, purpose) for one in sent]


def _send_on(sent: FileStorage, purpose: str) -> str:
    size = sent.stream.seek(0, 2)
    sent.stream.seek(0)
    return readers.creator_catalog().upload(sent.filename or "", purpose, sent.stream, size)
