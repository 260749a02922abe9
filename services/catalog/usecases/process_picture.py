"""Check an uploaded picture, read what made it, label it, judge it, and make what the shop serves."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.catalog.domain.moderation import Decision, ModerationCheck, Verdict
from services.catalog.domain.pictures import LabelLevel, Picture, PictureState
from services.catalog.domain.products import Product, ProductState
from services.catalog.gateways.moderation import ModerationUnavailable, Moderator
from services.catalog.gateways.stored_files import Part, open_parts, stream_parts
from services.catalog.settings import CatalogSettings
from services.catalog.usecases.discard_upload import discard_upload, parts_of
from services.catalog.usecases.later import JUDGE_PRODUCT
from services.catalog.usecases.reindex import reindex
from shared.files.formats import Kind
from shared.files.generation import published, read_parameters
from shared.files.images import ImageLimits, PictureVariants, Rendition, open_image, variants
from shared.files.labels import AigcLabel, label_for_platform, read_label
from shared.files.problems import FileRefused
from shared.messaging.timers import schedule
from shared.service import Service

LIMITS = ImageLimits(least_side=64)
UNAVAILABLE = "moderation_unavailable"


@dataclass(frozen=True)
class Processed:
    """A picture ready to be kept: what it says of its making, its label, and the encoded variants."""

    media_type: str
    generation: dict[str, Any]
    label: AigcLabel | None
    made: PictureVariants


def process_picture(service: Service, settings: CatalogSettings, moderator: Moderator, picture_id: UUID) -> None:
    """Process a received picture; it becomes ready, held for an operator, or refused with the problem's slug.

    May run again after a crash. Nothing that is not ready is ever served.
    """
    with service.database.transaction() as session:
        picture = session.get(Picture, picture_id, with_for_update=True)
        done = (PictureState.RECEIVED, PictureState.PROCESSING)
        if picture is None or picture.state not in done or picture.upload_id is None:
            return
        picture.move(PictureState.PROCESSING)
        upload_id, declared = picture.upload_id, picture.declared_ai
        parts = [Part(part.start, part.size, part.key) for part in parts_of(session, upload_id)]
    try:
        processed = _process(service, settings, picture_id, parts, declared)
    except FileRefused as refusal:
        _refuse(service, picture_id, refusal.slug, str(refusal))
    else:
        verdict = _judge(moderator, processed.made.large.data, str(picture_id))
        _keep(service, picture_id, parts, processed, verdict)
    discard_upload(service, upload_id)


def _process(
    service: Service, settings: CatalogSettings, picture_id: UUID, parts: list[Part], declared: bool
) -> Processed:
    with open_parts(service.store, parts) as content:
        image = open_image(content, LIMITS)
    parameters = read_parameters(image)
    label = label_for_platform(
        read_label(image),
        declared=declared,
        propagator=settings.platform_name,
        propagate_id=str(picture_id),
        suspected=parameters is not None,
    )
    media_type = Kind((image.format or "png").lower()).media_type
    shown = published(parameters).as_dict() if parameters else {}
    key = settings.signing_secret.get_secret_value().encode()
    return Processed(media_type, shown, label, variants(image, label, key))


def _judge(moderator: Moderator, data: bytes, subject: str) -> Verdict:
    """The provider's verdict; where it does not answer, a person decides."""
    try:
        return moderator.check_picture(data, subject)
    except ModerationUnavailable as error:
        return Verdict(UNAVAILABLE, Decision.REVIEW, raw={"error": str(error)[:500]})


def _keep(service: Service, picture_id: UUID, parts: list[Part], processed: Processed, verdict: Verdict) -> None:
    if verdict.decision is Decision.BLOCK:
        detail = "The picture shows what the shop may not show."
        _refuse(service, picture_id, "picture-blocked", detail, verdict)
        return
    original = service.store.write(f"catalog/pictures/{picture_id}/original", stream_parts(service.store, parts))
    kept = {name: _store(service, picture_id, one) for name, one in _renditions(processed.made).items()}
    with service.database.transaction() as session:
        picture = session.get(Picture, picture_id, with_for_update=True)
        if picture is None or picture.state is not PictureState.PROCESSING:
            return
        picture.original_key, picture.original_sha256 = original.key, original.sha256
        picture.media_type, picture.variants = processed.media_type, kept
        picture.width, picture.height = processed.made.width, processed.made.height
        picture.placeholder, picture.generation = processed.made.placeholder, processed.generation
        picture.label = processed.label.as_dict() if processed.label else {}
        picture.label_level = LabelLevel(processed.label.label) if processed.label else LabelLevel.NONE
        picture.processed_at = service.clock.now()
        picture.move(PictureState.READY if verdict.decision is Decision.PASS else PictureState.HELD)
        session.add(_record(picture_id, original.sha256, verdict, service))
        session.flush()
        reindex(session, picture.product_id)
        # A draft's pictures are asked for when it is submitted.
        if verdict.decision is not Decision.PASS and _is_judged(session.get_one(Product, picture.product_id)):
            schedule(session, JUDGE_PRODUCT, picture.product_id, service.clock.now())


def _is_judged(product: Product) -> bool:
    return product.state in (ProductState.IN_REVIEW, ProductState.PUBLISHED)


def _renditions(made: PictureVariants) -> dict[str, Rendition]:
    return {"card": made.card, "large": made.large}


def _store(service: Service, picture_id: UUID, rendition: Rendition) -> dict[str, Any]:
    written = service.store.write(f"catalog/pictures/{picture_id}/{rendition.name}.webp", [rendition.data])
    size = {"width": rendition.width, "height": rendition.height, "size": written.size}
    return {"key": written.key, "sha256": written.sha256, **size}


def _record(picture_id: UUID, digest: str, verdict: Verdict, service: Service) -> ModerationCheck:
    return ModerationCheck(
        subject_kind="picture",
        subject_id=picture_id,
        digest=digest,
        provider=verdict.provider,
        decision=verdict.decision,
        labels=[label.as_dict() for label in verdict.labels],
        raw=verdict.raw,
        request_id=verdict.request_id,
        checked_at=service.clock.now(),
    )


def _refuse(service: Service, picture_id: UUID, slug: str, detail: str, verdict: Verdict | None = None) -> None:
    with service.database.transaction() as session:
        picture = session.get(Picture, picture_id, with_for_update=True)
        if picture is None or picture.state is not PictureState.PROCESSING:
            return
        picture.refuse(slug, detail, service.clock.now())
        if verdict:
            session.add(_record(picture_id, "", verdict, service))
