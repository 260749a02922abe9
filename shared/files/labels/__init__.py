"""AI labels, seen and unseen: read, decided, written and drawn."""

from shared.files.labels.aigc import (
    IS_AI,
    MAY_BE_AI,
    SUSPECTED_AI,
    AigcLabel,
    is_signed,
    label_for_platform,
    pixel_digest,
    sign_label,
)
from shared.files.labels.front_matter import read_front_matter_label, write_front_matter_label
from shared.files.labels.reading import has_our_label, read_label, write_label
from shared.files.labels.visible import draw_visible_label, label_height
from shared.files.labels.xmp import label_in_packet, packet_with_label

__all__ = [
    "IS_AI",
    "MAY_BE_AI",
    "SUSPECTED_AI",
    "AigcLabel",
    "draw_visible_label",
    "has_our_label",
    "is_signed",
    "label_for_platform",
    "label_height",
    "label_in_packet",
    "packet_with_label",
    "pixel_digest",
    "read_front_matter_label",
    "read_label",
    "sign_label",
    "write_front_matter_label",
    "write_label",
]
