"""Whether what a product holds may be sold for money: all of its files, and all parts of a bundle."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.catalog.domain.base_models import BaseModel, base_models, detected_in
from services.catalog.domain.files import FileFormat, ProductFile
from services.catalog.domain.licence_gate import GateAnswer, licence_gate
from services.catalog.domain.moderation import SEVERITY, Decision
from services.catalog.domain.products import Product, ProductKind
from services.catalog.domain.reviews import Review, ReviewReason, ReviewState
from services.catalog.domain.versions import Version

NOTHING_TO_ASK = GateAnswer(Decision.PASS, "", "")


def check_licence(product: Product, version: Version | None, now: datetime) -> GateAnswer:
    """The strictest answer for the product's price, of every file and, in a bundle, of every part that is free.

    A part with a price has passed this by itself.
    """
    on = china_day(now)
    if product.kind is ProductKind.BUNDLE:
        free = [part.product for part in product.current_parts if part.product.price == 0]
        found = [_of_version(part.current_version, product.price, on) for part in free if part.kind is ProductKind.LORA]
    elif product.kind is ProductKind.LORA:
        found = [_of_version(version, product.price, on)]
    else:
        found = []
    return max(found, key=lambda answer: SEVERITY[answer.decision], default=NOTHING_TO_ASK)


def was_allowed(session: Session, product: Product) -> bool:
    """True once an operator has read the licence of this product's base model and approved the sale."""
    decided = select(Review).where(Review.product_id == product.id, Review.state == ReviewState.APPROVED)
    codes = {reason.get("code") for review in session.scalars(decided) for reason in review.reasons}
    return ReviewReason.LICENCE_UNKNOWN.value in codes


def china_day(now: datetime) -> datetime:
    """The moment in Asia/Shanghai, which has no summer time: rules hold from a day there."""
    return now + timedelta(hours=8)


def _of_version(version: Version | None, price: int, on: datetime) -> GateAnswer:
    files = [file for file in version.ready_files if file.format is FileFormat.SAFETENSORS] if version else []
    stated = base_models().get(version.stated_base_model or "") if version else None
    answers = [_of_file(file, stated, price, on) for file in files]
    return max(answers, key=lambda answer: SEVERITY[answer.decision], default=licence_gate(stated, price, on.date()))


def _of_file(file: ProductFile, stated: BaseModel | None, price: int, on: datetime) -> GateAnswer:
    detected = detected_in(file.facts)
    answer = licence_gate(stated or detected, price, on.date())
    if detected is None or stated is None or answer.decision is not Decision.PASS:
        return answer
    # The seller names a model that may be sold where the file names one that may not: a person looks at it.
    by_file = licence_gate(detected, price, on.date())
    if by_file.decision is Decision.PASS:
        return answer
    return GateAnswer(Decision.REVIEW, by_file.licence, f"the file says {detected.name}; {by_file.source}")
