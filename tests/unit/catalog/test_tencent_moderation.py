"""Tencent's moderation against a server that checks TC3 signatures as the vendor describes them."""

import base64
import hashlib
import hmac
import json
import re
import time
from collections.abc import Iterator

import pytest

from services.catalog.domain.moderation import Decision, Label
from services.catalog.gateways.moderation import ModerationUnavailable
from services.catalog.gateways.moderation.tencent import TencentModerator, tc3_authorization
from tests.unit.catalog.provider_stand_in import Seen, StandIn, as_json, settings, standing_in

SECRET_ID, SECRET_KEY = "AKIDexample", "very-secret-key"
CLEAN = {"Suggestion": "Pass", "Label": "Normal", "SubLabel": "", "Score": 0, "RequestId": "r-1"}
AUTHORIZATION = re.compile(
    r"TC3-HMAC-SHA256 Credential=(?P<id>[^/]+)/(?P<day>[\d-]{10})/(?P<service>\w+)/tc3_request, "
    r"SignedHeaders=(?P<names>[a-z;-]+), Signature=(?P<signature>[0-9a-f]{64})"
)


def is_signed(seen: Seen) -> bool:
    """The steps of "签名方法 v3", from what arrived."""
    found = AUTHORIZATION.fullmatch(seen.headers["authorization"])
    moment = seen.headers["x-tc-timestamp"]
    if not found or abs(time.time() - int(moment)) > 300 or found["id"] != SECRET_ID:
        return False
    if time.strftime("%Y-%m-%d", time.gmtime(int(moment))) != found["day"]:
        return False
    names = found["names"].split(";")
    if names != sorted(names) or not {"content-type", "host"} <= set(names):
        return False
    canonical = "POST\n/\n\n"
    for name in names:
        canonical += name + ":" + seen.headers[name].strip().lower() + "\n"
    canonical += "\n" + found["names"] + "\n" + hashlib.sha256(seen.body).hexdigest()
    scope = f"{found['day']}/{found['service']}/tc3_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    words = f"TC3-HMAC-SHA256\n{moment}\n{scope}\n{digest}"
    date_key = hmac.digest(("TC3" + SECRET_KEY).encode(), found["day"].encode(), "sha256")
    service_key = hmac.digest(date_key, found["service"].encode(), "sha256")
    signing_key = hmac.digest(service_key, b"tc3_request", "sha256")
    return hmac.new(signing_key, words.encode(), hashlib.sha256).hexdigest() == found["signature"]


class Tencent:
    """Answers with `says` when the signature is right."""

    def __init__(self) -> None:
        self.says: dict[str, object] = CLEAN

    def __call__(self, seen: Seen) -> tuple[int, bytes]:
        if not is_signed(seen):
            error = {"Code": "AuthFailure.SignatureFailure", "Message": f"signed with {SECRET_KEY}"}
            return 200, as_json({"Response": {"Error": error, "RequestId": "r-0"}})
        return 200, as_json({"Response": self.says})


@pytest.fixture
def tencent() -> Tencent:
    return Tencent()


@pytest.fixture
def server(tencent: Tencent) -> Iterator[StandIn]:
    with standing_in(tencent) as stand_in:
        yield stand_in


def moderator(server: StandIn, key: str = SECRET_KEY) -> TencentModerator:
    given = {
        "tencent_image_endpoint": server.url,
        "tencent_text_endpoint": server.url,
        "tencent_secret_id": SECRET_ID,
        "tencent_secret_key": key,
    }
    return TencentModerator(settings(**given))


def test_the_signature_is_that_of_the_published_example() -> None:
    """cloud.tencent.com 213/30654: DescribeInstances of 2019-02-25."""
    body = b'{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
    headers = {"content-type": "application/json; charset=utf-8", "host": "cvm.tencentcloudapi.com"}
    found = tc3_authorization(
        headers, body, 1551113065, "cvm", "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"
    )
    assert found == (
        "TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host, "
        "Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"
    )


def test_a_picture_goes_as_base64_within_a_signed_request(server: StandIn) -> None:
    verdict = moderator(server).check_picture(b"\xff\xd8picture", "picture:7")
    (seen,) = server.seen
    assert json.loads(seen.body) == {
        "FileContent": base64.b64encode(b"\xff\xd8picture").decode(),
        "DataId": "picture-7",
    }
    assert seen.headers["x-tc-action"] == "ImageModeration"
    assert seen.headers["x-tc-version"] == "2020-12-29"
    assert seen.headers["x-tc-region"] == "ap-guangzhou"
    assert "/ims/tc3_request" in seen.headers["authorization"]
    assert (verdict.provider, verdict.decision, verdict.labels) == ("tencent", Decision.PASS, ())
    assert (verdict.request_id, verdict.raw) == ("r-1", CLEAN)


def test_words_go_as_base64_of_their_utf_8(server: StandIn) -> None:
    assert moderator(server).check_text("水墨山水", "p").decision is Decision.PASS
    (seen,) = server.seen
    assert base64.b64decode(json.loads(seen.body)["Content"]).decode() == "水墨山水"
    assert seen.headers["x-tc-action"] == "TextModeration"
    assert "/tms/tc3_request" in seen.headers["authorization"]


def test_empty_words_pass_without_a_question(server: StandIn) -> None:
    assert moderator(server).check_text(" \n", "p").decision is Decision.PASS
    assert server.seen == []


@pytest.mark.parametrize(
    ("suggestion", "decision"), [("Block", Decision.BLOCK), ("Review", Decision.REVIEW), ("Pass", Decision.PASS)]
)
def test_a_suggestion_is_the_decision(server: StandIn, tencent: Tencent, suggestion: str, decision: Decision) -> None:
    tencent.says = CLEAN | {"Suggestion": suggestion, "Label": "Porn", "Score": 97}
    assert moderator(server).check_picture(b"x", "p").decision is decision


def test_all_that_did_not_pass_becomes_a_label_with_a_score_of_0_to_1(server: StandIn, tencent: Tencent) -> None:
    tencent.says = CLEAN | {
        "Suggestion": "Block",
        "Label": "Porn",
        "SubLabel": "SexyBehavior",
        "Score": 91,
        "LabelResults": [
            {"Suggestion": "Block", "Label": "Porn", "SubLabel": "SexyBehavior", "Score": 91},
            {"Suggestion": "Pass", "Label": "Terror", "SubLabel": "", "Score": 3},
        ],
        "OcrResults": [{"Suggestion": "Review", "Label": "Ad", "SubLabel": "", "Score": 60}],
        "LibResults": None,
    }
    assert moderator(server).check_picture(b"x", "p").labels == (
        Label("Porn/SexyBehavior", 0.91, "Block"),
        Label("Ad", 0.6, "Review"),
    )


def test_a_words_detail_is_a_label(server: StandIn, tencent: Tencent) -> None:
    detail = {"Suggestion": "Review", "Label": "Abuse", "SubLabel": "", "Score": 71, "Keywords": ["x"]}
    tencent.says = CLEAN | {"Suggestion": "Review", "Label": "Abuse", "Score": 70, "DetailResults": [detail]}
    assert moderator(server).check_text("words", "p").labels == (Label("Abuse", 0.71, "Review"),)


def test_a_wrong_key_is_told_by_its_code_and_without_any_secret(server: StandIn) -> None:
    with pytest.raises(ModerationUnavailable) as raised:
        moderator(server, key="another-secret").check_text("words", "p")
    assert str(raised.value) == "TextModeration answered 200: AuthFailure.SignatureFailure"


def test_without_a_key_nobody_is_asked(server: StandIn) -> None:
    with pytest.raises(ModerationUnavailable, match="no secret key"):
        moderator(server, key="").check_picture(b"x", "p")
    assert server.seen == []


def test_a_picture_that_exceeds_a_request_is_not_sent(server: StandIn) -> None:
    with pytest.raises(ModerationUnavailable, match="10 MiB"):
        moderator(server).check_picture(bytes(8 * 1024**2), "p")
    assert server.seen == []


@pytest.mark.parametrize(
    "change",
    [
        {"Suggestion": "Perhaps"},
        {"Suggestion": None},
        {"Suggestion": "Block", "Label": None},
        {"Suggestion": "Block", "Label": "Porn", "Score": "high"},
        {"Suggestion": "Block", "Label": "Porn", "Score": 101},
        {"Suggestion": "Block", "Label": "Porn", "Score": True},
        {"LabelResults": "none"},
        {"LabelResults": [1]},
        {"Error": "a word"},
    ],
)
def test_an_answer_that_is_not_as_documented_is_no_verdict(
    server: StandIn, tencent: Tencent, change: dict[str, object]
) -> None:
    tencent.says = CLEAN | change
    with pytest.raises(ModerationUnavailable):
        moderator(server).check_picture(b"x", "p")
