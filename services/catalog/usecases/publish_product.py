"""From a draft to the shelf: affirm, be checked, be released. The checks run in the worker."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from services.catalog.domain.affirmations import Affirmation, current_sentences
from services.catalog.domain.coverage import open_take_down
from services.catalog.domain.files import FileState, ProductFile
from services.catalog.domain.moderation import Decision
from services.catalog.domain.pictures import PictureState
from services.catalog.domain.products import Product, ProductKind, ProductState
from services.catalog.domain.versions import Version, VersionState
from services.catalog.settings import CatalogSettings
from services.catalog.usecases.check_licence import check_licence
from services.catalog.usecases.creators_products import own_product
from services.catalog.usecases.later import JUDGE_PRODUCT
from services.catalog.usecases.offer_product import check_price
from shared.auth import Reader
from shared.messaging.timers import schedule
from shared.problems import Conflict, Invalid


class NotComplete(Invalid):
    slug, title = "not-complete", "Something is missing before this can be published"


class SaleNotAllowed(Invalid):
    slug, title = "sale-not-allowed", "The base model's licence does not allow a paid sale"


class AffirmationOutdated(Conflict):
    slug, title = "affirmation-outdated", "The declaration has changed; please read it again"


class DuplicateFile(Conflict):
    slug, title = "duplicate-file", "You sell this file already"


class NothingToPublish(Conflict):
    slug, title = "nothing-to-publish", "This is on the shelf already, and no new version waits"


class UnderTakeDown(Conflict):
    slug, title = "taken-down", "The product was taken down and cannot be published"


@dataclass(frozen=True)
class Affirmed:
    """The words' version that stood before the creator's eyes, and their language."""

    words_version: str
    language: str


def publish_product(
    session: Session,
    reader: Reader,
    product_id: UUID,
    affirmed: Affirmed,
    settings: CatalogSettings,
    now: datetime,
) -> Product:
    """Hand the product, or the new version of one on sale, to the checks; the affirmation is kept verbatim.

    Raises NotComplete and SaleNotAllowed (422), AffirmationOutdated, DuplicateFile and NothingToPublish (409).
    """
    product = own_product(session, reader, product_id)
    if open_take_down(session, product.id) is not None:
        raise UnderTakeDown()
    version = _version_to_publish(product)
    _check_complete(product, version)
    check_price(product.price, settings)
    refuse_forbidden_sale(product, version, now)
    if version is not None:
        _check_duplicates(session, product, version)
    _keep_affirmation(session, product, version, affirmed, now)
    if version is not None and version.is_open:
        version.move(VersionState.IN_REVIEW, now)
    if not product.is_on_sale:
        product.move(ProductState.IN_REVIEW, by=reader.id, reason="submitted", at=now)
    schedule(session, JUDGE_PRODUCT, product.id, now)
    return product


def what_is_missing(product: Product, version: Version | None) -> list[dict[str, str]]:
    """What a creator still has to give, as {pointer, detail}; empty when the product can be published."""
    missing = []
    if not (product.title_zh or product.title_en):
        missing.append({"pointer": "/title", "detail": "Give it a title."})
    if not (product.text_zh or product.text_en):
        missing.append({"pointer": "/text", "detail": "Describe it."})
    # A held picture is enough to be looked at: the operator who approves the product approves it as well.
    if not (product.shown_pictures or any(one.state is PictureState.HELD for one in product.pictures)):
        waiting = any(one.state in (PictureState.RECEIVED, PictureState.PROCESSING) for one in product.pictures)
        detail = "The pictures are still being checked." if waiting else "Show at least one picture."
        missing.append({"pointer": "/pictures", "detail": detail})
    return missing + _what_files_miss(product, version)


def _what_files_miss(product: Product, version: Version | None) -> list[dict[str, str]]:
    if product.kind is ProductKind.BUNDLE:
        enough = len(product.current_parts) >= 2
        return [] if enough else [{"pointer": "/parts", "detail": "A bundle has at least two products."}]
    files = version.files if version else []
    if any(file.state in (FileState.RECEIVED, FileState.INSPECTING) for file in files):
        return [{"pointer": "/files", "detail": "The files are still being inspected."}]
    if not (version and version.ready_files):
        return [{"pointer": "/files", "detail": "Upload at least one file."}]
    return []


def _version_to_publish(product: Product) -> Version | None:
    if product.kind is ProductKind.BUNDLE:
        if product.is_on_sale:
            raise NothingToPublish()
        return next((one for one in reversed(product.versions)), None)
    version = product.draft_version()
    if version is None and product.is_on_sale:
        raise NothingToPublish()
    return version or product.current_version


def _check_complete(product: Product, version: Version | None) -> None:
    if missing := what_is_missing(product, version):
        raise NotComplete(missing[0]["detail"], errors=missing)


def refuse_forbidden_sale(product: Product, version: Version | None, now: datetime) -> None:
    """Raises SaleNotAllowed (422) for a price where a base model's licence forbids one."""
    answer = check_licence(product, version, now)
    if answer.decision is Decision.BLOCK:
        raise SaleNotAllowed(
            f"{answer.licence}: it can only be offered free of charge.",
            errors=[{"pointer": "/price", "detail": answer.source}],
        )


def _check_duplicates(session: Session, product: Product, version: Version) -> None:
    """The creator's own other product with the same body; another's is for an operator to judge."""
    for file in version.ready_files:
        twin = other_products_with(product.id, file.body_sha256).where(Product.creator_id == product.creator_id)
        if session.scalar(select(exists(twin))):
            raise DuplicateFile(f"{file.name} is in another product of yours.")


def other_products_with(product_id: UUID, body_sha256: str | None) -> Any:
    """Products, published once, that hold the same bytes (for weights: whatever their metadata says)."""
    return (
        select(Product.id)
        .join(Version, Version.product_id == Product.id)
        .join(ProductFile, ProductFile.version_id == Version.id)
        .where(ProductFile.body_sha256 == body_sha256, Product.id != product_id, Product.published_at.is_not(None))
    )


def _keep_affirmation(
    session: Session, product: Product, version: Version | None, affirmed: Affirmed, now: datetime
) -> None:
    sentences = current_sentences()
    if affirmed.words_version != sentences.version:
        raise AffirmationOutdated(version=sentences.version)
    session.add(
        Affirmation(
            product_id=product.id,
            version_id=version.id if version else None,
            creator_id=product.creator_id,
            words_version=sentences.version,
            language=affirmed.language,
            text=sentences.text(affirmed.language),
            sha256=sentences.sha256(affirmed.language),
            affirmed_at=now,
        )
    )
