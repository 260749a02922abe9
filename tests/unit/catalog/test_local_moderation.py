"""The classifier that ships its model, on pictures drawn by our own code."""

import io

import pytest
from PIL import Image

from deploy.demo import pictures
from services.catalog.domain.moderation import Decision
from services.catalog.gateways.moderation import ModerationUnavailable, keywords
from services.catalog.gateways.moderation.local import BLOCK_FROM, REVIEW_FROM, LocalModerator, _decision


def encoded(image: Image.Image, form: str = "PNG") -> bytes:
    file = io.BytesIO()
    image.save(file, form)
    return file.getvalue()


@pytest.mark.parametrize("kind", pictures.KINDS)
def test_a_demo_picture_passes(kind: str) -> None:
    verdict = LocalModerator().check_picture(encoded(pictures.draw(kind, 1, 192, 256)), kind)
    assert verdict.decision is Decision.PASS
    (label,) = verdict.labels
    assert (verdict.provider, label.code) == ("opennsfw", "nsfw")
    assert 0 <= label.score < REVIEW_FROM
    assert verdict.raw == {"nsfw": pytest.approx(label.score, abs=1e-4)}


@pytest.mark.parametrize(
    ("mode", "form"), [("RGBA", "PNG"), ("L", "PNG"), ("P", "PNG"), ("RGB", "JPEG"), ("RGB", "WEBP")]
)
def test_every_form_a_picture_may_have_is_judged(mode: str, form: str) -> None:
    picture = encoded(pictures.draw("enso", 2, 128, 128).convert(mode), form)
    assert LocalModerator().check_picture(picture, "picture").decision is Decision.PASS


def test_the_same_picture_gets_the_same_score() -> None:
    picture = encoded(pictures.draw("enso", 3, 128, 128))
    moderator = LocalModerator()
    assert moderator.check_picture(picture, "a") == moderator.check_picture(picture, "b")


@pytest.mark.parametrize(
    ("score", "decision"),
    [
        (0.0, Decision.PASS),
        (REVIEW_FROM - 1e-6, Decision.PASS),
        (REVIEW_FROM, Decision.REVIEW),
        (BLOCK_FROM - 1e-6, Decision.REVIEW),
        (BLOCK_FROM, Decision.BLOCK),
        (1.0, Decision.BLOCK),
    ],
)
def test_a_score_decides_at_its_thresholds(score: float, decision: Decision) -> None:
    assert _decision(score) is decision


whole = encoded(Image.effect_noise((200, 200), 50).convert("RGB"))


@pytest.mark.parametrize(
    "damaged",
    [b"", b"no picture", b"GIF89a", whole[:100], whole[: len(whole) // 2], b"\x89PNG\r\n\x1a\n" + bytes(50)],
)
def test_bytes_that_cannot_be_decoded_are_left_to_a_person(damaged: bytes) -> None:
    with pytest.raises(ModerationUnavailable):
        LocalModerator().check_picture(damaged, "picture")


def test_words_are_judged_by_the_list() -> None:
    assert LocalModerator().check_text("代开发票", "product") == keywords.check("代开发票")
