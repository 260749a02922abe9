"""Alibaba Cloud's moderation against a stand-in that checks its signatures."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.moderation import Decision, Label
from services.catalog.gateways.moderation import ModerationUnavailable
from services.catalog.gateways.moderation.aliyun import OVERLAP, PIECE, AliyunModerator, _pieces
from tests.unit.catalog.aliyun_stand_in import BUCKET, CLEAN, KEY_ID, PREFIX, SECRET, Aliyun
from tests.unit.catalog.provider_stand_in import StandIn, settings, standing_in


@pytest.fixture
def aliyun() -> Aliyun:
    return Aliyun()


@pytest.fixture
def server(aliyun: Aliyun, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    real = socket.getaddrinfo

    def lookup(host: Any, *args: Any, **more: Any) -> Any:
        return real("127.0.0.1" if str(host).endswith(".oss.test") else host, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    with standing_in(aliyun) as stand_in:
        aliyun.port = stand_in.port
        yield stand_in


def moderator(server: StandIn, secret: str = SECRET) -> AliyunModerator:
    given = {"aliyun_endpoint": server.url, "aliyun_access_key_id": KEY_ID, "aliyun_access_key_secret": secret}
    return AliyunModerator(settings(**given))


def test_a_picture_is_put_into_the_providers_bucket_and_judged_there(server: StandIn, aliyun: Aliyun) -> None:
    verdict = moderator(server).check_picture(b"\x89PNGpicture", "picture:7")
    ((name, content),) = aliyun.objects.items()
    assert name.startswith(PREFIX)
    assert content == b"\x89PNGpicture"
    token, judged = aliyun.asked
    assert token == ("DescribeUploadToken", "", {})
    where = {"ossBucketName": BUCKET, "ossObjectName": name, "dataId": "picture-7"}
    assert judged == ("ImageModeration", "aigcCheck", where)
    assert (verdict.provider, verdict.decision, verdict.labels) == ("aliyun", Decision.PASS, ())
    assert (verdict.request_id, verdict.raw["Data"]) == ("r-2", CLEAN)


def test_a_permit_serves_until_it_ends(server: StandIn, aliyun: Aliyun) -> None:
    asking = moderator(server)
    asking.check_picture(b"a", "1")
    asking.check_picture(b"b", "2")
    assert [action for action, *_ in aliyun.asked].count("DescribeUploadToken") == 1
    assert sorted(aliyun.objects.values()) == [b"a", b"b"]


def test_a_permit_about_to_end_is_not_used_again(server: StandIn, aliyun: Aliyun) -> None:
    asking, aliyun.lifetime = moderator(server), 30
    asking.check_picture(b"a", "1")
    asking.check_picture(b"b", "2")
    assert [action for action, *_ in aliyun.asked].count("DescribeUploadToken") == 2


def test_a_refused_permit_is_asked_for_anew(server: StandIn, aliyun: Aliyun) -> None:
    asking, aliyun.permit = moderator(server), {"AccessKeySecret": "another"}
    with pytest.raises(ModerationUnavailable) as raised:
        asking.check_picture(b"a", "1")
    assert str(raised.value) == "OSS answered 403: SignatureDoesNotMatch"
    aliyun.permit = {}
    assert asking.check_picture(b"a", "1").decision is Decision.PASS


@pytest.mark.parametrize(
    "permit",
    [
        {"OssInternetEndPoint": "http://elsewhere.test"},
        {"OssInternetEndPoint": "http://oss-cn-shanghai.oss.test/path"},
        {"OssInternetEndPoint": None},
        {"BucketName": "a.b/c"},
        {"Expiration": "soon"},
        {"SecurityToken": ""},
        {"SecurityToken": "two\r\nlines: 1"},
    ],
)
def test_a_permit_that_is_not_as_documented_is_no_verdict(
    server: StandIn, aliyun: Aliyun, permit: dict[str, Any]
) -> None:
    aliyun.permit = permit
    with pytest.raises(ModerationUnavailable):
        moderator(server).check_picture(b"a", "1")
    assert aliyun.objects == {}


@pytest.mark.parametrize(
    ("level", "decision"),
    [("high", Decision.BLOCK), ("medium", Decision.REVIEW), ("low", Decision.PASS), ("none", Decision.PASS)],
)
def test_a_risk_level_is_the_decision(server: StandIn, aliyun: Aliyun, level: str, decision: Decision) -> None:
    aliyun.says = {"RiskLevel": level, "Result": []}
    assert moderator(server).check_picture(b"x", "p").decision is decision
    assert moderator(server).check_text("words", "p").decision is decision


def test_labels_have_a_score_of_0_to_1_and_a_level(server: StandIn, aliyun: Aliyun) -> None:
    aliyun.says = {
        "RiskLevel": "high",
        "Result": [
            {"Label": "pornographic_adultContent", "Confidence": 81.22, "RiskLevel": "high"},
            {"Label": "sexual_suggestiveContent", "Confidence": 40, "RiskLevel": "low"},
            {"Label": "pornographic_adultContent_lib"},
        ],
    }
    assert moderator(server).check_picture(b"x", "p").labels == (
        Label("pornographic_adultContent", 0.8122, "high"),
        Label("sexual_suggestiveContent", 0.4, "low"),
        Label("pornographic_adultContent_lib", 1.0, "high"),
    )


def test_words_are_judged_by_the_text_service(server: StandIn, aliyun: Aliyun) -> None:
    moderator(server).check_text("水墨 & 山水=+%", "product/1")
    given = {"content": "水墨 & 山水=+%", "dataId": "product-1"}
    assert aliyun.asked == [("TextModerationPlus", "comment_detection_pro", given)]


def test_empty_words_pass_without_a_question(server: StandIn, aliyun: Aliyun) -> None:
    assert moderator(server).check_text(" ", "p").decision is Decision.PASS
    assert aliyun.asked == []


def test_long_words_go_in_pieces_and_the_strictest_verdict_counts(server: StandIn, aliyun: Aliyun) -> None:
    def judge(given: dict[str, str]) -> dict[str, Any]:
        bad = "坏词" in given["content"]
        return {"RiskLevel": "high", "Result": [{"Label": "bad", "Confidence": 90}]} if bad else CLEAN

    aliyun.says = {"for": judge}
    verdict = moderator(server).check_text("好" * 599 + "坏词" + "好" * 900, "p")
    assert (verdict.decision, verdict.labels) == (Decision.BLOCK, (Label("bad", 0.9, "high"),))
    assert (verdict.request_id, len(verdict.raw["answers"])) == ("r-1,r-2,r-3", 3)


@given(st.integers(1, 10_000), st.data())
def test_every_stretch_of_words_lies_whole_in_one_piece(length: int, data: st.DataObject) -> None:
    words = "".join(chr(0x4E00 + number) for number in range(length))
    pieces = _pieces(words)
    start = data.draw(st.integers(0, length - 1))
    assert all(0 < len(piece) <= PIECE for piece in pieces)
    assert any(words[start : start + OVERLAP] in piece for piece in pieces)


def test_a_wrong_secret_is_told_by_its_code_and_without_any_secret(server: StandIn) -> None:
    with pytest.raises(ModerationUnavailable) as raised:
        moderator(server, secret="another").check_text("words", "p")
    assert str(raised.value) == "TextModerationPlus answered 400: SignatureDoesNotMatch"


def test_without_a_key_nobody_is_asked(server: StandIn) -> None:
    with pytest.raises(ModerationUnavailable, match="no access key"):
        moderator(server, secret="").check_text("words", "p")
    assert server.seen == []


@pytest.mark.parametrize(
    "says",
    [
        {},
        {"RiskLevel": "grave"},
        {"RiskLevel": "high", "Result": {}},
        {"RiskLevel": "high", "Result": ["x"]},
        {"RiskLevel": "high", "Result": [{"Confidence": 3}]},
        {"RiskLevel": "high", "Result": [{"Label": "x", "Confidence": "3"}]},
        {"RiskLevel": "high", "Result": [{"Label": "x", "Confidence": -1}]},
    ],
)
def test_an_answer_that_is_not_as_documented_is_no_verdict(
    server: StandIn, aliyun: Aliyun, says: dict[str, Any]
) -> None:
    aliyun.says = says
    with pytest.raises(ModerationUnavailable):
        moderator(server).check_text("words", "p")
