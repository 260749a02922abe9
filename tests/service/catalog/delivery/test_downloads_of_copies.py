"""Links and copies: ranges, names, limits, expiry, and every door that closes."""

import io
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from threading import Barrier
from typing import Any
from urllib.parse import unquote
from uuid import UUID

import pytest
from itsdangerous import URLSafeTimedSerializer

from services.catalog.domain.files import FileFormat
from shared.auth import Reader
from shared.files.safetensors import hashes
from shared.ids import new_id
from tests.service.catalog.delivery.shop import Given, Pack, Shop, refunded
from tests.unit.files.making import lora_file, opened


@dataclass
class Bought:
    shop: Shop
    buyer: Reader
    pack: Pack
    entitlement: UUID
    order: Any

    def link(self, file: int = 0) -> str:
        return self.shop.link(self.buyer, self.entitlement, self.pack.file_ids[file])

    def log(self) -> list[dict[str, Any]]:
        path = f"/entitlements/{self.entitlement}/access-log?limit=100"
        items: list[dict[str, Any]] = self.shop.get(path, self.shop.operator).json["items"]
        return items

    def used(self) -> int:
        detail = self.shop.get(f"/library/{self.entitlement}", self.buyer).json
        return int(detail["products"][0]["versions"][0]["files"][0]["used"])


@pytest.fixture
def bought(shop: Shop) -> Bought:
    buyer, pack = shop.person("buyer"), shop.publish()
    order, [entitlement] = shop.buy(buyer, pack)
    return Bought(shop, buyer, pack, entitlement, order)


def test_any_range_is_cut_from_the_same_bytes(bought: Bought) -> None:
    link = bought.link()
    whole = bought.shop.get(link)
    size, etag = len(whole.data), whole.headers["ETag"]
    assert whole.headers["Accept-Ranges"] == "bytes"

    for header, start, end in [
        ("bytes=0-0", 0, 1),
        ("bytes=0-1023", 0, 1024),
        (f"bytes=1000-{size + 500}", 1000, size),
        ("bytes=777-", 777, size),
        ("bytes=-100", size - 100, size),
        (f"bytes={size - 1}-", size - 1, size),
    ]:
        part = bought.shop.get(link, headers={"Range": header})
        assert part.status_code == 206, header
        assert part.data == whole.data[start:end], header
        assert part.headers["Content-Range"] == f"bytes {start}-{end - 1}/{size}"
        assert part.headers["ETag"] == etag


def test_a_broken_download_is_finished_by_its_rest(bought: Bought) -> None:
    first = bought.shop.get(bought.link(), headers={"Range": "bytes=0-4999"})
    bought.shop.clock.advance(timedelta(hours=2))

    again = bought.link()
    rest = bought.shop.get(again, headers={"Range": "bytes=5000-", "If-Range": first.headers["ETag"]})

    assert rest.status_code == 206
    assert hashes(opened(first.data + rest.data)).autov3 == hashes(opened(bought.pack.contents[0])).autov3
    assert bought.used() == 1


@pytest.mark.parametrize(
    "header",
    [
        "bytes=99999999-",
        "bytes=-0",
        "bytes=0-0,1-1",
        "bytes=" + ",".join(f"{at}-{at}" for at in range(1000)),
        "bytes=0-0," * 500 + "9-9",
    ],
)
def test_a_range_that_cannot_be_sent_costs_nothing(bought: Bought, header: str) -> None:
    answer = bought.shop.get(bought.link(), headers={"Range": header})

    assert answer.status_code == 416
    assert answer.content_type == "application/problem+json"
    assert answer.headers["Content-Range"].startswith("bytes */")
    assert bought.used() == 0


@pytest.mark.parametrize("header", ["bytes=abc", "items=0-5", "bytes=5-1", "0-5", "bytes"])
def test_a_header_that_is_no_range_is_ignored(bought: Bought, header: str) -> None:
    assert bought.shop.get(bought.link(), headers={"Range": header}).status_code == 200


def test_a_range_of_another_copy_gets_the_whole(bought: Bought) -> None:
    headers = {"Range": "bytes=10-20", "If-Range": '"another"'}
    assert bought.shop.get(bought.link(), headers=headers).status_code == 200
    headers["If-Range"] = "Tue, 24 Nov 2026 08:00:00 GMT"
    assert bought.shop.get(bought.link(), headers=headers).status_code == 200


def test_a_head_request_tells_the_size_and_counts_nothing(bought: Bought) -> None:
    link = bought.link()
    head = bought.shop.call("HEAD", link)
    whole = bought.shop.get(link)

    assert head.status_code == 200
    assert head.data == b""
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]
    assert [entry["kind"] for entry in bought.log()] == ["link_given", "started", "ended"]


def test_a_copy_is_saved_under_its_own_name_and_kept_by_no_cache(shop: Shop) -> None:
    names = ["水墨 山水\u202egpj.safetensors", '../../etc/"pass";wd.safetensors', "plain.safetensors"]
    pack = shop.publish(files=[Given(name, lora_file()) for name in names])
    buyer = shop.person("buyer")
    _, [entitlement] = shop.buy(buyer, pack)
    got = [shop.get(shop.link(buyer, entitlement, file)).headers for file in pack.file_ids]

    saved = [unquote(one["Content-Disposition"].rpartition("filename*=UTF-8''")[2]) for one in got]
    assert saved == ["水墨 山水gpj.safetensors", "_.._etc__pass__wd.safetensors", "plain.safetensors"]
    for headers in got:
        plain = headers["Content-Disposition"].partition(";")[2].partition('filename="')[2].partition('"')[0]
        assert plain.isascii()
        assert plain.endswith(".safetensors")
        assert headers["Content-Disposition"].startswith("attachment;")
        assert headers["Cache-Control"] == "private, no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Type"] == "application/octet-stream"


def test_a_new_link_counts_and_ranges_of_the_same_link_do_not(bought: Bought) -> None:
    link = bought.link()
    for start in range(0, 5000, 1000):
        bought.shop.get(link, headers={"Range": f"bytes={start}-{start + 999}"})
    assert bought.used() == 1

    bought.shop.get(bought.link())
    assert bought.used() == 2


def test_the_limit_holds_and_an_operator_can_reset_it(bought: Bought) -> None:
    shop = bought.shop
    links = [bought.link() for _ in range(4)]
    assert [shop.get(link).status_code for link in links] == [200, 200, 200, 403]
    assert shop.get(links[0]).status_code == 200  # the same download, asked for again
    shop.clock.advance(timedelta(days=2))
    path = f"/entitlements/{bought.entitlement}/files/{bought.pack.file_ids[0]}/links"
    refused = shop.post(path, bought.buyer)
    assert (refused.status_code, refused.json["type"]) == (403, "urn:huafang:problem:download-limit-reached")

    limit = f"/entitlements/{bought.entitlement}/download-limit"
    body = {"limit": 5, "reason": "new computer"}
    assert shop.post(limit, bought.buyer, json=body).status_code == 403
    answer = shop.post(limit, shop.operator, json=body)

    assert answer.status_code == 200
    last = answer.json["history"][-1]
    assert (last["act"], last["reason"], last["actor_id"]) == (
        "limit_reset",
        "new computer",
        str(shop.operator.id),
    )
    assert last["facts"]["before"] == {str(bought.pack.file_ids[0]): {"used": 3, "allowed": 3}}
    assert shop.get(bought.link()).status_code == 200
    assert bought.used() == 1
    refusals = [entry for entry in bought.log() if entry["kind"] == "refused"]
    assert [entry["reason"] for entry in refusals] == ["download-limit-reached"] * 2


@pytest.mark.parametrize("body", [{}, {"limit": -1, "reason": "x"}, {"limit": "5", "reason": "x"}, {"limit": 5}])
def test_a_limit_is_a_whole_number_with_a_reason(bought: Bought, body: dict[str, object]) -> None:
    path = f"/entitlements/{bought.entitlement}/download-limit"
    assert bought.shop.post(path, bought.shop.operator, json=body).status_code == 422


def test_starting_in_the_middle_does_not_get_round_the_limit(bought: Bought) -> None:
    shop, headers = bought.shop, {"Range": "bytes=1-"}
    codes = [shop.get(bought.link(), headers=headers).status_code for _ in range(3)]
    assert codes == [206, 206, 206]
    assert bought.used() == 1  # the first counted; two resumed it

    for _ in range(2):
        shop.get(bought.link())
    assert bought.used() == 3
    codes = [shop.get(bought.link(), headers=headers).status_code for _ in range(12)]
    assert codes.count(206) == 10  # as many as a bad line may need, and no more
    assert codes[10:] == [403, 403]


def test_thirty_downloads_at_once_never_pass_the_limit(bought: Bought) -> None:
    links = [bought.link() for _ in range(30)]
    barrier = Barrier(10)

    def fetch(link: str) -> int:
        barrier.wait(timeout=20)
        return bought.shop.get(link, headers={"Range": "bytes=0-9"}).status_code

    with ThreadPoolExecutor(10) as pool:
        codes = list(pool.map(fetch, links))

    assert codes.count(206) == 3
    assert codes.count(403) == 27
    assert bought.used() == 3


def test_a_refund_closes_every_door_at_once(bought: Bought) -> None:
    shop, link = bought.shop, bought.link()
    assert shop.get(link).status_code == 200

    shop.hear(refunded(bought.order), "refunded")

    again = shop.get(link)
    assert (again.status_code, again.json["type"]) == (403, "urn:huafang:problem:access-revoked")
    assert again.json["reason"] == "refunded"
    assert shop.call("HEAD", link).status_code == 403
    assert shop.get(link, headers={"Range": "bytes=100-"}).status_code == 403
    path = f"/entitlements/{bought.entitlement}/files/{bought.pack.file_ids[0]}/links"
    assert shop.post(path, bought.buyer).status_code == 403
    assert shop.get(f"/access?product_id={bought.pack.id}", bought.buyer).json["access"] is False
    assert shop.get("/library", bought.buyer).json["items"][0]["state"] == "revoked"
    assert {entry["reason"] for entry in bought.log() if entry["kind"] == "refused"} == {"access-revoked"}


def test_a_take_down_closes_the_link_already_given(bought: Bought) -> None:
    shop, link = bought.shop, bought.link()
    body = {"reason": "portrait without consent", "note": "letter of 20 November"}
    assert shop.post(f"/products/{bought.pack.id}/take-down", shop.operator, json=body).status_code == 200

    answer = shop.get(link)

    assert (answer.status_code, answer.json["type"]) == (403, "urn:huafang:problem:taken-down")
    reasons = shop.get(f"/access?product_id={bought.pack.id}", bought.buyer).json
    assert reasons["access"] is False
    assert [reason["kind"] for reason in reasons["because"]] == ["purchase", "taken_down"]
    assert shop.told("catalog.offer.withdrawn.v1")[0]["reason"] == "taken-down"
    assert shop.get(f"/products/{bought.pack.slug}").status_code == 404
    assert shop.post(f"/products/{bought.pack.id}/take-down", shop.operator, json=body).status_code == 409

    ended = shop.post(f"/products/{bought.pack.id}/take-down/end", shop.operator, json={"reason": "settled"})
    assert ended.json["lifted_note"] == "settled"
    assert shop.get(link).status_code == 200
    again = shop.post(f"/products/{bought.pack.id}/take-down/end", shop.operator, json={"reason": "settled"})
    assert again.status_code == 409


def test_taking_down_is_for_operators(bought: Bought) -> None:
    path, body = f"/products/{bought.pack.id}/take-down", {"reason": "mine"}
    for who, status in ((None, 401), (bought.buyer, 403), (bought.shop.person("creator"), 403)):
        assert bought.shop.post(path, who, json=body).status_code == status
    assert bought.shop.post(f"/products/{new_id()}/take-down", bought.shop.operator, json=body).status_code == 404
    assert bought.shop.post(path, bought.shop.operator, json={}).status_code == 422


def test_what_is_anothers_is_nowhere(bought: Bought) -> None:
    shop, stranger = bought.shop, bought.shop.person("stranger")
    other = shop.publish("别的")
    _, [theirs] = shop.buy(stranger, other)
    file, foreign_file = bought.pack.file_ids[0], other.file_ids[0]

    mine, own = f"/entitlements/{bought.entitlement}", f"/entitlements/{theirs}"
    assert shop.post(f"{mine}/files/{file}/links", stranger).status_code == 404
    assert shop.post(f"{own}/files/{file}/links", stranger).status_code == 404
    assert shop.post(f"{mine}/files/{foreign_file}/links", bought.buyer).status_code == 404
    assert shop.post(f"/entitlements/{new_id()}/files/{file}/links", bought.buyer).status_code == 404
    assert shop.get(f"/library/{bought.entitlement}", stranger).status_code == 404
    unknown = shop.get(f"/library/{new_id()}", stranger).json
    foreign = shop.get(f"/library/{theirs}", bought.buyer).json
    assert unknown | {"instance": ""} == foreign | {"instance": ""}
    for path in (f"/entitlements?order_id={bought.order.order_id}", f"{mine}/access-log"):
        assert shop.get(path, stranger).status_code == 403
        assert shop.get(path).status_code == 401


@pytest.mark.parametrize(
    "token",
    ["x", "..%2f..%2fetc%2fpasswd", "%00", "..\\..\\x", "a.b.c", "％2e％2e", "../../etc/passwd", "x" * 3000],
)
def test_a_made_up_link_leads_nowhere(shop: Shop, token: str) -> None:
    assert shop.get(f"/downloads/{token}").status_code == 404


def test_an_edited_or_resigned_link_leads_nowhere(bought: Bought) -> None:
    shop = bought.shop
    token = bought.link().rpartition("/")[2]
    claims, stamp, signature = token.rsplit(".", 2)
    for forged in (
        f"{claims[:-2]}AA.{stamp}.{signature}",
        f"{claims}.{stamp}.{signature[:-2]}AA",
        URLSafeTimedSerializer("another secret of thirty-two characters", salt="catalog.download").dumps({}),
        URLSafeTimedSerializer(shop.service.settings.signing_secret.get_secret_value(), salt="catalog.pages").dumps(
            {"link": str(new_id()), "reader": str(bought.buyer.id)}
        ),
    ):
        assert shop.get(f"/downloads/{forged}").status_code == 404


def test_a_link_expires_by_real_time(bought: Bought, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = bought.shop.post(
        f"/entitlements/{bought.entitlement}/files/{bought.pack.file_ids[0]}/links", bought.buyer
    ).json
    assert answer["seconds"] <= 300
    bought.shop.clock.advance(timedelta(days=30))
    assert bought.shop.get(answer["url"]).status_code == 200

    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 301)
    late = bought.shop.get(answer["url"])
    assert (late.status_code, late.json["type"]) == (403, "urn:huafang:problem:link-expired")


def test_a_zip_pack_carries_its_order_in_a_member(shop: Shop) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("预设/暖光.json", '{"cfg": 7}' * 500)
    pack = shop.publish(kind="presets", files=[Given("预设.zip", made.getvalue(), FileFormat.ZIP)])
    buyer = shop.person("buyer")
    order, [entitlement] = shop.buy(buyer, pack)

    answer = shop.get(shop.link(buyer, entitlement, pack.file_ids[0]))

    with zipfile.ZipFile(io.BytesIO(answer.data)) as copy:
        assert copy.testzip() is None
        assert copy.namelist() == ["预设/暖光.json", f"LICENCE-{order.number}.txt"]
        assert copy.read("预设/暖光.json") == b'{"cfg": 7}' * 500
        assert order.number in copy.read(f"LICENCE-{order.number}.txt").decode()
    assert answer.content_type == "application/zip"


def test_the_log_says_who_fetched_what_and_how_much_went_out(bought: Bought) -> None:
    link = bought.link()
    headers = {"User-Agent": "=cmd|' /C calc'!A0", "X-Forwarded-For": "203.0.113.9"}
    size = len(bought.shop.get(link, headers=headers).data)
    broken = bought.shop.app.test_client().get(link.removeprefix("/api/catalog"), buffered=False)
    broken.response.close()  # the client went away before the first byte
    broken.close()

    log = bought.log()

    assert [entry["kind"] for entry in log] == ["link_given", "started", "ended", "started", "ended"]
    ended, cut = log[2], log[4]
    assert (ended["bytes"], ended["complete"], ended["first_byte"]) == (size, True, 0)
    assert (cut["bytes"], cut["complete"]) == (0, False)
    assert log[1]["counted"] is True
    assert log[3]["counted"] is False
    assert ended["address"] == "203.0.113.9"
    assert {entry["person_id"] for entry in log} == {str(bought.buyer.id)}


def test_the_log_is_exported_without_formulas_and_cannot_be_changed(bought: Bought) -> None:
    bought.shop.get(bought.link(), headers={"User-Agent": '=HYPERLINK("http://x")'})
    path = f"/orders/{bought.order.order_id}/access-log.csv"

    answer = bought.shop.get(path, bought.shop.operator)

    assert answer.status_code == 200
    assert answer.content_type == "text/csv; charset=utf-8"
    assert "'=HYPERLINK" in answer.text
    assert ",=HYPERLINK" not in answer.text
    assert bought.order.number in answer.text
    assert len(answer.text.strip().splitlines()) == 4
    assert bought.shop.get(path, bought.buyer).status_code == 403
    for statement in ("UPDATE access_log SET address = ''", "DELETE FROM access_log", "TRUNCATE access_log"):
        with pytest.raises(Exception, match="append-only"), bought.shop.service.database.transaction() as session:
            session.connection().exec_driver_sql(statement)
    with pytest.raises(Exception, match="append-only"), bought.shop.service.database.transaction() as session:
        session.connection().exec_driver_sql("UPDATE copies SET mark = '{}'")
