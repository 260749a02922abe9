"""What is written into a buyer's copy: its order, its licence, its own number and the AI label."""

from datetime import datetime
from uuid import UUID

from services.catalog.domain.entitlements import Entitlement
from services.catalog.domain.files import ProductFile
from shared.files.labels.aigc import MAY_BE_AI, AigcLabel, label_for_platform
from shared.files.traces import AIGC, trace_additions


def mark_for(
    copy_id: UUID, entitlement: Entitlement, file: ProductFile, *, platform: str, at: datetime
) -> dict[str, str]:
    """The mark of one copy. It is kept with the copy and never computed again, so that a download resumed
    after the shop changed its name or its terms still fits."""
    return trace_additions(
        order=entitlement.order_number,
        order_line=str(entitlement.line_id),
        licence=licence_of(entitlement),
        copy=str(copy_id),
        issued_at=at,
        label=label_for(copy_id, file.metadata_shown.get(AIGC), platform),
    )


def licence_of(entitlement: Entitlement) -> str:
    """The terms the buyer accepted, as `key@version`, joined by spaces."""
    return " ".join(f"{terms['key']}@{terms['version']}" for terms in entitlement.terms)


def label_for(copy_id: UUID, found: object, platform: str) -> str:
    """The AI label's JSON for a copy: the producer's fields as the original has them, ours as the platform that
    passes it on. Whoever sells a pack here declares it AI-made (标识办法 article 6)."""
    existing = AigcLabel.from_json(found) if isinstance(found, str) else None
    label = label_for_platform(existing, declared=True, propagator=platform, propagate_id=str(copy_id))
    return (label or AigcLabel(MAY_BE_AI)).to_json()
