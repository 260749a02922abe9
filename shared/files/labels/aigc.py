"""The implicit label of AI-made content: field `AIGC` of GB 45438-2025, annex E, a JSON object of seven texts.

Who must write what: 《人工智能生成合成内容标识办法》 (国信办通字〔2025〕2号), article 6 for platforms.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from PIL import Image

from shared.files.privacy import clean_text

IS_AI, MAY_BE_AI, SUSPECTED_AI = "1", "2", "3"
JSON_LIMIT = 64 * 1024
_VALUE_LIMIT = 8192
_OTHER_LIMIT = 20
_ROWS = 256

_FIELDS = {
    "Label": "label",
    "ContentProducer": "content_producer",
    "ProduceID": "produce_id",
    "ReservedCode1": "reserved_code1",
    "ContentPropagator": "content_propagator",
    "PropagateID": "propagate_id",
    "ReservedCode2": "reserved_code2",
}


@dataclass(frozen=True)
class AigcLabel:
    """Label "1": is AI-made (属于), "2": may be (可能), "3": suspected (疑似). The producer's three fields belong
    to whoever generated the content and are kept as found; the propagator's three are the platform's. `other`
    keeps further fields that somebody wrote.
    """

    label: str
    content_producer: str = ""
    produce_id: str = ""
    reserved_code1: str = ""
    content_propagator: str = ""
    propagate_id: str = ""
    reserved_code2: str = ""
    other: tuple[tuple[str, str], ...] = ()

    def as_dict(self) -> dict[str, str]:
        """The fields under their names in the standard, in its order."""
        return {name: getattr(self, field) for name, field in _FIELDS.items()} | dict(self.other)

    def to_json(self) -> str:
        """The value of the field `AIGC`."""
        return json.dumps(self.as_dict(), ensure_ascii=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "AigcLabel | None":
        """The label in a JSON text, also wrapped in {"AIGC": ...}; None where there is none that can be read."""
        if len(text) > JSON_LIMIT:
            return None
        try:
            return cls.from_dict(json.loads(text))
        except (ValueError, RecursionError):
            return None

    @classmethod
    def from_dict(cls, value: Any) -> "AigcLabel | None":
        """The label in a decoded JSON value, or None."""
        if isinstance(value, dict) and "AIGC" in value:
            value = value["AIGC"]
        if isinstance(value, str) and "{" in value:
            return cls.from_json(value)
        if not isinstance(value, dict):
            return None
        texts = _texts(value)
        if texts.get("Label") not in {IS_AI, MAY_BE_AI, SUSPECTED_AI}:
            return None
        known = {field: texts.pop(name, "") for name, field in _FIELDS.items()}
        return cls(**known, other=tuple(texts.items())[:_OTHER_LIMIT])


def label_for_platform(
    existing: AigcLabel | None,
    *,
    declared: bool,
    propagator: str,
    propagate_id: str,
    suspected: bool = False,
) -> AigcLabel | None:
    """The label a platform adds on propagation (article 6), or None where nothing points to AI.

    The file's own label says so: "1". It does not, and the person declares it: "2". Neither, and traces were
    found (`suspected`: generation parameters, a detector, a visible mark): "3". An earlier platform's "2" or "3"
    is not weakened. Producer fields stay as found; the platform's are `propagator`, `propagate_id` and, once
    signed for the pixels it goes with, ReservedCode2.
    """
    if existing is not None and existing.label == IS_AI:
        level = IS_AI
    elif declared:
        level = MAY_BE_AI
    elif existing is not None:
        level = existing.label
    elif suspected:
        level = SUSPECTED_AI
    else:
        return None
    found = existing or AigcLabel(level)
    return replace(found, label=level, content_propagator=propagator, propagate_id=propagate_id, reserved_code2="")


def sign_label(label: AigcLabel, key: bytes, pixels: str) -> AigcLabel:
    """The label with ReservedCode2 for these pixels (see `pixel_digest`): HMAC-SHA256, hex.

    The field's content is left to the platform; ours binds level, platform and number to the picture.
    """
    return replace(label, reserved_code2=_code(label, key, pixels))


def is_signed(label: AigcLabel, key: bytes, pixels: str) -> bool:
    """True where ReservedCode2 is ours and belongs to these pixels."""
    return hmac.compare_digest(label.reserved_code2.encode(), _code(label, key, pixels).encode())


def pixel_digest(image: Image.Image) -> str:
    """SHA-256, hex, of the decoded pixels: width, height and 8-bit RGBA of the frame shown, row by row."""
    width, height = image.size
    digest = hashlib.sha256(f"{width}x{height}:".encode())
    plain = image.mode in {"1", "L", "LA", "P", "PA", "RGB", "RGBA"}
    for top in range(0, height, _ROWS):
        rows = image.crop((0, top, width, min(top + _ROWS, height)))
        digest.update((rows if plain else rows.convert("RGB")).convert("RGBA").tobytes())
    return digest.hexdigest()


def _code(label: AigcLabel, key: bytes, pixels: str) -> str:
    text = f"{label.label}|{label.content_propagator}|{label.propagate_id}|{pixels}"
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _texts(value: Mapping[Any, Any]) -> dict[str, str]:
    # Seen in the wild: numbers where the standard wants texts.
    return {
        clean_text(str(name), 100): clean_text(str(content), _VALUE_LIMIT)
        for name, content in value.items()
        if isinstance(content, str | int) and not isinstance(content, bool)
    }
