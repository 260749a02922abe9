"""A creator's products: the list, and the steps from an idea to the shelf."""

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.storefront.clients.errors import Refused
from services.storefront.clients.shapes import Json
from services.storefront.languages import present_language
from services.storefront.pages import readers
from services.storefront.pages.models import BASE_MODELS
from services.storefront.pages.problems import field_errors, words_for
from services.storefront.pages.product_form import creation, details, fen_of, terms
from services.storefront.pages.vocabulary import PERMISSIONS, kind_name, permission_filter
from services.storefront.pages.words import gettext as _
from shared.ids import new_id

blueprint = Blueprint("creator", __name__, url_prefix="/creator")
STAGES = ("details", "files", "pictures", "terms", "publish")
KINDS = ("lora", "prompt_dictionary", "presets")


@blueprint.get("/products")
@readers.for_creators
def show_all() -> ResponseReturnValue:
    found = readers.creator_catalog().products(request.args.get("cursor"))
    return render_template("creator/products.html", found=found)


@blueprint.get("/products/new")
@readers.for_creators
def new() -> ResponseReturnValue:
    return _new_page({})


@blueprint.post("/products")
@readers.for_creators
def create() -> ResponseReturnValue:
    try:
        made = readers.creator_catalog().create(creation(request.form), request.form.get("key") or str(new_id()))
    except Refused as error:
        return _new_page(field_errors(error), words_for(error)), 422
    return redirect(url_for(".show", product_id=made["id"], stage="files"), 303)


def _new_page(errors: dict[str, str], above: str = "") -> str:
    kinds = [(kind, kind_name(kind)) for kind in KINDS]
    return render_template("creator/new.html", errors=errors, above=above, given=request.form, kinds=kinds)


@blueprint.get("/products/<product_id>")
@readers.for_creators
def open_product(product_id: str) -> ResponseReturnValue:
    return redirect(url_for(".show", product_id=product_id, stage="details"), 303)


@blueprint.get("/products/<product_id>/<stage>")
@readers.for_creators
def show(product_id: str, stage: str) -> ResponseReturnValue:
    if stage not in STAGES:
        abort(404)
    return _stage(readers.creator_catalog().product(product_id), stage)


@blueprint.post("/products/<product_id>/details")
@readers.for_creators
def save_details(product_id: str) -> ResponseReturnValue:
    return _save(product_id, "details", details(request.form), "files")


@blueprint.post("/products/<product_id>/terms")
@readers.for_creators
def save_terms(product_id: str) -> ResponseReturnValue:
    if fen_of(request.form.get("price", "")) is None:
        product = readers.creator_catalog().product(product_id)
        return _stage(product, "terms", {"price": _("价格写成 39 或 39.90 这样，免费写 0。")}), 422
    return _save(product_id, "terms", terms(request.form), "publish")


@blueprint.post("/products/<product_id>/publish")
@readers.for_creators
def publish(product_id: str) -> ResponseReturnValue:
    """Publish under the affirmation whose words stood on the page, by their version."""
    catalog = readers.creator_catalog()
    if request.form.get("affirmed") != "yes":
        return _stage(catalog.product(product_id), "publish", {"affirmed": _("请先读一读声明并勾选。")}), 422
    version, key = request.form.get("affirmation_version", ""), request.form.get("key") or str(new_id())
    try:
        catalog.publish(product_id, version, present_language(), key)
    except Refused as error:
        return _stage(catalog.product(product_id), "publish", field_errors(error), _all_words(error)), error.status
    flash(_("已提交。检查通过后就会上架，通常不到一分钟。"), "success")
    return redirect(url_for(".show", product_id=product_id, stage="publish"), 303)


@blueprint.post("/products/<product_id>/versions")
@readers.for_creators
def add_version(product_id: str) -> ResponseReturnValue:
    """Begin a new version; earlier buyers get it too once it is published."""
    note = request.form.get("note", "").strip()
    body = {"label": request.form.get("label", "").strip(), "note": {"zh": note, "en": note}}
    try:
        readers.creator_catalog().add_version(product_id, body, request.form.get("key") or str(new_id()))
    except Refused as error:
        product = readers.creator_catalog().product(product_id)
        return _stage(product, "files", field_errors(error), words_for(error)), error.status
    return redirect(url_for(".show", product_id=product_id, stage="files"), 303)


@blueprint.post("/products/<product_id>/versions/<version_id>")
@readers.for_creators
def save_version(product_id: str, version_id: str) -> ResponseReturnValue:
    body = {"label": request.form.get("label", "").strip()}
    if base_model := request.form.get("base_model"):
        body["base_model"] = base_model
    try:
        readers.creator_catalog().change_version(version_id, body)
        flash(_("已保存。"), "success")
    except Refused as error:
        flash(words_for(error), "error")
    return redirect(url_for(".show", product_id=product_id, stage="files"), 303)


@blueprint.route("/products/<product_id>/withdrawal", methods=["GET", "POST"])
@readers.for_creators
def withdraw(product_id: str) -> ResponseReturnValue:
    """Take a product off the shelf, after saying in numbers what that means."""
    catalog = readers.creator_catalog()
    product = catalog.product(product_id)
    if request.method == "GET":
        return render_template("creator/withdraw.html", product=product, error="")
    try:
        catalog.withdraw(product_id, request.form.get("reason", "").strip(), request.form.get("key") or str(new_id()))
    except Refused as error:
        return render_template("creator/withdraw.html", product=product, error=words_for(error)), error.status
    flash(_("已下架。买过的人仍然可以下载。"), "success")
    return redirect(url_for(".show_all"), 303)


def _save(product_id: str, stage: str, body: dict[str, Any], following: str) -> ResponseReturnValue:
    try:
        readers.creator_catalog().change(product_id, body)
    except Refused as error:
        if error.status == 404:
            raise
        product = readers.creator_catalog().product(product_id)
        return _stage(product, stage, field_errors(error), words_for(error)), error.status
    flash(_("已保存。"), "success")
    return redirect(url_for(".show", product_id=product_id, stage=following), 303)


def _stage(product: Json, stage: str, errors: dict[str, str] | None = None, above: Any = "") -> str:
    """A stage of the product; after a refusal the form keeps what was typed."""
    return render_template(
        f"creator/{stage}.html",
        product=product,
        stage=stage,
        stages=stage_line(product),
        version=open_version(product),
        errors=errors or {},
        above=above,
        given=request.form if request.method == "POST" else None,
        permissions=[(name, permission_filter(name)) for name in PERMISSIONS],
        base_models=list(BASE_MODELS.items()),
    )


def open_version(product: Json) -> Json | None:
    """The version being worked on: the newest one that is not released, else the newest."""
    versions = sorted(product.get("versions") or [], key=lambda one: -int(one.get("number", 0)))
    unreleased = [one for one in versions if one.get("state") in ("draft", "rejected", "in_review")]
    return next(iter(unreleased or versions), None)


def stage_line(product: Json) -> list[Json]:
    """The steps, and which of them have what they need."""
    version = open_version(product) or {}
    pictures = [one for one in product.get("pictures") or [] if one.get("state", "ready") != "refused"]
    done = {
        "details": bool((product.get("title") or {}).get("zh") or (product.get("title") or {}).get("en")),
        "files": any(file.get("state") == "ready" for file in version.get("files") or []),
        "pictures": bool(pictures),
        "terms": product.get("price") is not None,
        "publish": product.get("state") == "published",
    }
    words = {
        "details": _("说明"),
        "files": _("文件"),
        "pictures": _("图片"),
        "terms": _("许可和价格"),
        "publish": _("声明和发布"),
    }
    return [{"name": name, "words": words[name], "done": done[name]} for name in STAGES]


def _all_words(error: Refused) -> list[str]:
    """The refusal and each thing that is still missing."""
    details_told = [str(entry.get("detail", "")) for entry in error.errors if entry.get("detail")]
    return [words_for(error), *details_told]
