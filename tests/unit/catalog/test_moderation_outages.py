"""What an outside moderator's HTTP and JSON errors come to: no verdict, and a person judges."""

import threading
from collections.abc import Callable

import pytest

from services.catalog.gateways.moderation import ModerationUnavailable, Moderator
from services.catalog.gateways.moderation.aliyun import AliyunModerator
from services.catalog.gateways.moderation.tencent import TencentModerator
from tests.unit.catalog.aliyun_stand_in import CLEAN
from tests.unit.catalog.provider_stand_in import Seen, StandIn, as_json, settings, standing_in

ALIYUN_PASSES = as_json({"Code": 200, "Data": CLEAN})
TENCENT_PASSES = as_json({"Response": {"Suggestion": "Pass", "Label": "Normal", "Score": 0}})


def aliyun(server: StandIn, timeout: float = 5) -> Moderator:
    given = {"aliyun_access_key_id": "id", "aliyun_access_key_secret": "secret"}
    told = settings(aliyun_endpoint=server.url, **given)
    return AliyunModerator(told.model_copy(update={"moderation_timeout": timeout}))


def tencent(server: StandIn, timeout: float = 5) -> Moderator:
    given = {"tencent_secret_id": "id", "tencent_secret_key": "secret"}
    told = settings(tencent_image_endpoint=server.url, tencent_text_endpoint=server.url, **given)
    return TencentModerator(told.model_copy(update={"moderation_timeout": timeout}))


either = pytest.mark.parametrize("moderator", [aliyun, tencent])


@pytest.mark.parametrize(("moderator", "body"), [(aliyun, ALIYUN_PASSES), (tencent, TENCENT_PASSES)])
@pytest.mark.parametrize("status", [201, 302, 307, 403, 429, 500, 503])
def test_a_good_answer_counts_with_status_200_alone(
    moderator: Callable[[StandIn], Moderator], body: bytes, status: int
) -> None:
    with standing_in(lambda seen: (200, body)) as server:
        assert moderator(server).check_text("words", "p").decision == "pass"
    with standing_in(lambda seen: (status, body)) as server:
        with pytest.raises(ModerationUnavailable):
            moderator(server).check_text("words", "p")
        assert len(server.seen) == 1


@either
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b"{}",
        b'{"Response":[],"Code":200}',
        b'{"Code":200,"Data":{"RiskLevel":"none","Score":NaN},"Response":{"Suggestion":"Pass","Score":NaN}}',
        as_json({"Code": 408, "Msg": "no permission", "Data": CLEAN}),
        b'{"Code":200,"Response":"' + b"x" * 2 * 1024**2 + b'"}',
    ],
)
def test_an_answer_that_is_not_the_documented_json_is_no_verdict(
    moderator: Callable[[StandIn], Moderator], body: bytes
) -> None:
    with standing_in(lambda seen: (200, body)) as server:
        with pytest.raises(ModerationUnavailable):
            moderator(server).check_text("words", "p")
        with pytest.raises(ModerationUnavailable):
            moderator(server).check_picture(b"picture", "p")
        assert len(server.seen) == 2


@either
def test_a_provider_that_does_not_answer_in_time_is_no_verdict(
    moderator: Callable[[StandIn, float], Moderator],
) -> None:
    done = threading.Event()

    def wait(seen: Seen) -> tuple[int, bytes]:
        done.wait(10)
        return 200, b"{}"

    with standing_in(wait) as server:
        with pytest.raises(ModerationUnavailable, match="ReadTimeout"):
            moderator(server, 0.1).check_text("words", "p")
        done.set()


@either
def test_a_provider_out_of_reach_is_no_verdict(moderator: Callable[[StandIn], Moderator]) -> None:
    with standing_in(lambda seen: (200, b"")) as server:
        pass
    with pytest.raises(ModerationUnavailable, match="ConnectionError"):
        moderator(server).check_text("words", "p")
