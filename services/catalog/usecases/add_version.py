"""Begin a new version of a product; earlier buyers get it once it is released."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.catalog.domain.base_models import BaseModel, agree, base_model, detected_in
from services.catalog.domain.products import ProductKind
from services.catalog.domain.versions import Version
from services.catalog.usecases.creators_products import own_open_version, own_product
from shared.auth import Reader
from shared.problems import Conflict


class VersionOpen(Conflict):
    slug, title = "version-open", "Another version is being worked on already"


class BundleHasNoFiles(Conflict):
    slug, title = "bundle-has-no-files", "A bundle is made of products; it has no files of its own"


def add_version(session: Session, reader: Reader, product_id: UUID, body: dict[str, Any], now: datetime) -> Version:
    """A draft version with its change note; raises VersionOpen (409) while another is not released."""
    product = own_product(session, reader, product_id)
    if product.kind is ProductKind.BUNDLE:
        raise BundleHasNoFiles()
    if product.draft_version() is not None:
        raise VersionOpen()
    version = Version(number=max((one.number for one in product.versions), default=0) + 1, created_at=now)
    _describe(version, body)
    product.versions.append(version)
    session.flush()
    return version


def edit_version(session: Session, reader: Reader, version_id: UUID, body: dict[str, Any]) -> Version:
    """Change an open version's words or stated base model.

    Raises VersionClosed (409), UnknownBaseModel, and BaseModelContradicted (422) where a file says another family.
    """
    version = own_open_version(session, reader, version_id)
    _describe(version, body)
    return version


def _describe(version: Version, body: dict[str, Any]) -> None:
    version.label = body.get("label") or version.label or f"v{version.number}"
    for language, note in body.get("note", {}).items():
        setattr(version, f"note_{language}", note)
    if body.get("base_model"):
        _state_base_model(version, base_model(body["base_model"]))


def _state_base_model(version: Version, stated: BaseModel) -> None:
    for file in version.ready_files:
        agree(stated, detected_in(file.facts))
    version.stated_base_model = stated.key
    if version.ready_files:
        version.base_model, version.base_family = stated.key, stated.family
