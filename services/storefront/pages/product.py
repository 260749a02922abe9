"""A product's page: pictures with their parameters, what is inside, what it runs on, what may be done with it."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from services.storefront.clients.errors import Refused, ServiceDown
from services.storefront.clients.shapes import Json
from services.storefront.pages import readers
from services.storefront.pages.vocabulary import PERMISSIONS, access_reason, loads, permission_line
from shared.ids import parse_id

blueprint = Blueprint("product", __name__)
INTERFACES = ("ComfyUI", "AUTOMATIC1111", "Forge", "InvokeAI", "Fooocus", "SD.Next")


@blueprint.get("/products/<reference>")
def show(reference: str) -> ResponseReturnValue:
    """At most four calls: the product, what is similar, whether the reader has it, and will it run."""
    catalog = readers.catalog()
    product = catalog.product(reference)
    if parse_id(reference) and product.get("slug"):
        return redirect(url_for(".show", reference=product["slug"]), 301)
    return render_template(
        "product.html",
        product=product,
        version=_current(product),
        permissions=_permissions(product),
        similar=_similar(product),
        owned=_owned(product),
        answer=_compatibility(product),
        asked={name: request.args.get(name, "") for name in ("base_model", "vram_gb", "ui")},
    )


def _current(product: Json) -> Json | None:
    versions = product.get("versions") or []
    wanted = product.get("current_version_id")
    return next((version for version in versions if version.get("id") == wanted), versions[0] if versions else None)


def _permissions(product: Json) -> list[dict[str, Any]]:
    given = product.get("permissions") or {}
    lines = []
    for name in PERMISSIONS:
        holds = bool(given.get(name))
        kind = ("duty" if holds else "yes") if name == "credit_required" else ("yes" if holds else "no")
        lines.append({"name": name, "kind": kind, "words": permission_line(name, holds)})
    return lines


def _similar(product: Json) -> list[Json]:
    """Nothing rather than an error when catalog is busy: the page is about something else."""
    try:
        return readers.catalog().similar(product["id"])
    except (ServiceDown, Refused):
        return []


def _owned(product: Json) -> dict[str, Any] | None:
    """Where the reader's own copy is, when they have one."""
    if readers.person() is None:
        return None
    try:
        access = readers.catalog().access(product["id"])
    except (ServiceDown, Refused):
        return None
    gives = [reason for reason in access.get("because", []) if reason.get("gives")]
    if not access.get("access") or not gives:
        return None
    held = next((reason for reason in gives if reason.get("entitlement_id")), gives[0])
    return {"words": access_reason(held), "entitlement_id": held.get("entitlement_id")}


def _compatibility(product: Json) -> dict[str, Any] | None:
    """The answer to "will it run on mine", when the reader asked."""
    if "base_model" not in request.args and "vram_gb" not in request.args:
        return None
    base_model, vram, ui = (request.args.get(name, "").strip() for name in ("base_model", "vram_gb", "ui"))
    try:
        found = readers.catalog().compatibility(product["id"], base_model, vram, ui)
    except (ServiceDown, Refused):
        return {"words": "", "kind": "failed", "found": None}
    words, kind = loads(str(found.get("loads", "unknown")))
    return {"words": words, "kind": kind, "found": found}
