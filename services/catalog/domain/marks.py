"""What is written into a buyer's copy: its order, its licence, its own number and the AI label."""

import json
from datetime import datetime
from uuid import UUID

from services.catalog.domain.entitlements import Entitlement
from services.catalog.domain.files import ProductFile
from shared.files.traces import AIGC, trace_additions

PRODUCER_KEYS = ("ContentProducer", "ProduceID", "ReservedCode1")
IS_GENERATED = "1"


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
    """The AI label's JSON (GB 45438-2025, annex E) for a copy: the producer's fields as the original has them,
    ours as the platform that passes it on."""
    producer = _producer(found)
    label = {"Label": producer.get("Label") or IS_GENERATED}
    label |= {key: producer.get(key, "") for key in PRODUCER_KEYS}
    label |= {"ContentPropagator": platform, "PropagateID": str(copy_id), "ReservedCode2": ""}
    return json.dumps(label, ensure_ascii=False, separators=(",", ":"))


def _producer(found: object) -> dict[str, str]:
    if not isinstance(found, str) or len(found) > 16_384:
        return {}
    try:
        label = json.loads(found)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(label, dict):
        return {}
    kept = ("Label", *PRODUCER_KEYS)
    return {key: value for key, value in label.items() if key in kept and isinstance(value, str)}
