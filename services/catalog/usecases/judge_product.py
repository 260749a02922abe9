"""Judge a submitted product in the worker: its words by moderation, its licence, its files by their twins."""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from services.catalog.domain.base_models import base_models
from services.catalog.domain.moderation import Decision, Label, ModerationCheck, Verdict, strictest
from services.catalog.domain.pictures import Picture, PictureState
from services.catalog.domain.products import Product, ProductState
from services.catalog.domain.reviews import Review, ReviewReason, ReviewState
from services.catalog.domain.versions import Version, VersionState
from services.catalog.gateways.moderation import ModerationUnavailable, Moderator, keywords
from services.catalog.settings import CatalogSettings
from services.catalog.usecases.check_licence import check_licence
from services.catalog.usecases.edit_product import words_of
from services.catalog.usecases.publish_product import other_products_with
from services.catalog.usecases.release_product import reject_product, release_product
from shared.service import Service

LONGEST_TEXT = 10_000


@dataclass(frozen=True)
class Doubt:
    """A reason for a person to look."""

    code: ReviewReason
    detail: str
    labels: tuple[Label, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        labels = [label.as_dict() for label in self.labels]
        return {"code": self.code.value, "detail": self.detail, "labels": labels}


def judge_product(service: Service, settings: CatalogSettings, moderator: Moderator, product_id: UUID) -> None:
    """Release, reject, or open a review with every reason. May run again: what was decided stays."""
    with service.database.transaction() as session:
        product = session.get(Product, product_id)
        if product is None or not _waits(product):
            return
        words = words_of(product)[:LONGEST_TEXT]
    verdicts, unavailable = _read(moderator, words, str(product_id))
    with service.database.transaction() as session:
        product = session.get(Product, product_id, with_for_update=True)
        if product is None or not _waits(product):
            return
        now = service.clock.now()
        session.add_all(_records(product_id, words, verdicts, service))
        if strictest(verdicts) is Decision.BLOCK:
            found = sorted({label.code for verdict in verdicts for label in verdict.labels})
            reject_product(session, product, by=None, reason="words-blocked", note=", ".join(found), now=now)
            return
        doubts = [*unavailable, *_doubts_about_words(verdicts), *_doubts_about_product(session, product, service)]
        if doubts:
            _open_review(session, product, doubts, service)
        else:
            release_product(session, product, settings, by=None, note="", now=now)


def _waits(product: Product) -> bool:
    waiting = any(version.state is VersionState.IN_REVIEW for version in product.versions)
    return product.state is ProductState.IN_REVIEW or (product.is_on_sale and (waiting or bool(_held(product))))


def _held(product: Product) -> list[Picture]:
    return [picture for picture in product.pictures if picture.state is PictureState.HELD]


def _read(moderator: Moderator, words: str, subject: str) -> tuple[list[Verdict], list[Doubt]]:
    verdicts, doubts = [keywords.check(words)], []
    try:
        verdict = moderator.check_text(words, subject)
    except ModerationUnavailable as error:
        doubts.append(Doubt(ReviewReason.MODERATION_UNAVAILABLE, str(error)[:300]))
    else:
        if verdict.provider != keywords.PROVIDER:
            verdicts.append(verdict)
    return verdicts, doubts


def _doubts_about_words(verdicts: list[Verdict]) -> list[Doubt]:
    doubts = []
    for verdict in verdicts:
        if verdict.decision is Decision.REVIEW:
            listed = verdict.provider == keywords.PROVIDER
            code = ReviewReason.KEYWORD if listed else ReviewReason.TEXT_MODERATION
            detail = ", ".join(verdict.raw.get("words", [])) if listed else verdict.provider
            doubts.append(Doubt(code, detail, verdict.labels))
    return doubts


def _doubts_about_product(session: Session, product: Product, service: Service) -> list[Doubt]:
    waiting = [version for version in product.versions if version.state is VersionState.IN_REVIEW]
    doubts = _licence_doubts(product, waiting[-1] if waiting else product.current_version, service)
    for file in (file for version in waiting for file in version.ready_files):
        if session.scalar(select(exists(other_products_with(product.id, file.body_sha256)))):
            doubts.append(Doubt(ReviewReason.DUPLICATE_FILE, file.name))
    return [*doubts, *(_doubt_about_picture(session, picture) for picture in _held(product))]


def _doubt_about_picture(session: Session, picture: Picture) -> Doubt:
    checks = select(ModerationCheck).where(ModerationCheck.subject_id == picture.id)
    check = session.scalars(checks.order_by(ModerationCheck.id.desc()).limit(1)).first()
    labels = tuple(Label(**label) for label in check.labels) if check else ()
    return Doubt(ReviewReason.PICTURE_MODERATION, str(picture.id), labels)


def _licence_doubts(product: Product, version: Version | None, service: Service) -> list[Doubt]:
    answer = check_licence(product, version, service.clock.now())
    if answer.decision is Decision.PASS:
        return []
    model = base_models().get((version.base_model if version else "") or "")
    return [Doubt(ReviewReason.LICENCE_UNKNOWN, f"{model.name if model else '?'}: {answer.licence} {answer.source}")]


def _open_review(session: Session, product: Product, doubts: list[Doubt], service: Service) -> None:
    query = select(Review).where(Review.product_id == product.id, Review.state == ReviewState.OPEN)
    review = session.scalar(query)
    if review is None:
        review = Review(product_id=product.id, opened_at=service.clock.now())
        session.add(review)
    review.reasons = [doubt.as_dict() for doubt in doubts]


def _records(product_id: UUID, words: str, verdicts: list[Verdict], service: Service) -> list[ModerationCheck]:
    digest = hashlib.sha256(words.encode()).hexdigest()
    return [
        ModerationCheck(
            subject_kind="product",
            subject_id=product_id,
            digest=digest,
            provider=verdict.provider,
            decision=verdict.decision,
            labels=[label.as_dict() for label in verdict.labels],
            raw=verdict.raw,
            request_id=verdict.request_id,
            checked_at=service.clock.now(),
        )
        for verdict in verdicts
    ]
