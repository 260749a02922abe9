"""A leaked file, or a part of one, leads to its order."""

import csv
import io
import json
import zipfile
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter

from services.catalog.domain.files import FileFormat
from services.catalog.domain.uploads import Upload, UploadPart, UploadPurpose, UploadState
from shared.files.safetensors import TracedCopy, read_header
from shared.ids import new_id
from tests.service.catalog.delivery.shop import Given, Shop
from tests.unit.files.making import lora_file, opened

BINARY = {"Content-Type": "application/octet-stream"}


def pdf() -> bytes:
    made, out = PdfWriter(), io.BytesIO()
    made.add_blank_page(595, 842)
    made.write(out)
    return out.getvalue()


def zip_file() -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("warm.json", "{}")
    return made.getvalue()


KINDS = {
    FileFormat.SAFETENSORS: lora_file(),
    FileFormat.CSV: "提示词,说明\n水墨,ink\n=1+1,sum\n".encode(),
    FileFormat.JSON: json.dumps([{"prompt": "水墨", "weight": 1.1}, {"prompt": "山水"}]).encode(),
    FileFormat.MARKDOWN: "# 词典\n\n- 水墨\n- 山水\n".encode(),
    FileFormat.PDF: pdf(),
    FileFormat.ZIP: zip_file(),
}


def trace(shop: Shop, content: bytes) -> dict[str, Any]:
    answer = shop.post("/traces/files", shop.operator, data=content, headers=BINARY)
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_copy_leads_to_its_order(shop: Shop, kind: FileFormat) -> None:
    pack = shop.publish(files=[Given(f"file.{kind}", KINDS[kind], kind)])
    buyer, other = shop.person("buyer"), shop.person("other")
    order, [entitlement] = shop.buy(buyer, pack)
    _, [others] = shop.buy(other, pack)
    link = shop.link(buyer, entitlement, pack.file_ids[0])
    mine = shop.get(link).data
    theirs = shop.get(shop.link(other, others, pack.file_ids[0])).data

    assert mine != theirs
    assert shop.get(shop.link(buyer, entitlement, pack.file_ids[0])).data == mine
    half = len(mine) // 2
    parts = [shop.get(link, headers={"Range": f"bytes={a}"}).data for a in (f"0-{half - 1}", f"{half}-")]
    assert b"".join(parts) == mine

    found = trace(shop, mine)
    assert (found["found"], found["is_ours"]) == (True, True)
    assert (found["order_number"], found["buyer_id"]) == (order.number, str(buyer.id))
    assert found["line_id"] == str(order.lines[0].line_id)
    assert "started" in {entry["kind"] for entry in found["downloads"]}
    assert shop.get(f"/copies/{found['copy_id']}", shop.operator).json["order_number"] == order.number
    assert trace(shop, KINDS[kind])["found"] is False


def test_dictionaries_stay_usable_and_carry_the_label(shop: Shop) -> None:
    kinds = (FileFormat.CSV, FileFormat.JSON, FileFormat.MARKDOWN, FileFormat.PDF)
    pack = shop.publish(kind="prompt_dictionary", files=[Given(f"词典.{kind}", KINDS[kind], kind) for kind in kinds])
    buyer = shop.person("buyer")
    order, [entitlement] = shop.buy(buyer, pack)
    table, listed, text, document = (shop.get(shop.link(buyer, entitlement, one)) for one in pack.file_ids)

    rows = list(csv.reader(io.StringIO(table.data.decode("utf-8-sig"))))
    assert rows[1][:2] == ["水墨", "ink"]
    assert rows[2][0] == "'=1+1"
    entries = json.loads(listed.data)
    assert [entry["prompt"] for entry in entries] == ["水墨", "山水"]
    assert text.data.decode().endswith("# 词典\n\n- 水墨\n- 山水\n")
    assert len(PdfReader(io.BytesIO(document.data)).pages) == 1
    for copy in (table, listed, text):
        assert order.number in copy.data.decode()
        assert "AIGC" in copy.data.decode()


def test_a_cut_model_file_still_answers(shop: Shop) -> None:
    pack, buyer = shop.publish(), shop.person("buyer")
    order, [entitlement] = shop.buy(buyer, pack)
    copy = shop.get(shop.link(buyer, entitlement, pack.file_ids[0])).data
    header = 8 + int.from_bytes(copy[:8], "little")

    assert trace(shop, copy[: header + 100])["order_number"] == order.number


def test_a_forged_mark_blames_nobody(shop: Shop) -> None:
    pack, buyer = shop.publish(), shop.person("buyer")
    order, [entitlement] = shop.buy(buyer, pack)
    copy = shop.get(shop.link(buyer, entitlement, pack.file_ids[0])).data
    mark = dict(read_header(opened(copy), len(copy)).metadata)
    header = read_header(opened(pack.contents[0]), len(pack.contents[0]))

    invented = TracedCopy(header, {"huafang.order": order.number, "huafang.copy": str(new_id())}).header_bytes
    found = trace(shop, invented)
    assert (found["found"], found["is_ours"]) == (True, False)
    assert "order_id" not in found

    changed = TracedCopy(header, {name: mark[name] for name in mark} | {"huafang.order": "HF-OTHER"}).header_bytes
    found = trace(shop, changed)
    assert (found["is_ours"], found["order_number"]) == (False, order.number)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00",
        b"hello",
        b"\xff" * 5000,
        (2**63).to_bytes(8, "little") + b"{",
        (50).to_bytes(8, "little") + b"{" * 50,
        b"PK\x03\x04" + b"\x00" * 500,
        b"PK\x05\x06" + b"\xff" * 18,
        b"%PDF-1.7\n" + b"\x00" * 200,
        b"\x80\x04cos\nsystem\n",
        json.dumps({"_huafang": {"huafang.copy": "'; DROP TABLE copies"}}).encode(),
        b"[" * 100_000,
    ],
)
def test_a_file_of_nobody_is_told_so(lasting_shop: Shop, content: bytes) -> None:
    found = trace(lasting_shop, content)
    assert found["is_ours"] is False
    assert found["downloads"] == []


def test_an_upload_for_tracing_is_read_and_removed(shop: Shop) -> None:
    pack, buyer = shop.publish(), shop.person("buyer")
    order, [entitlement] = shop.buy(buyer, pack)
    copy = shop.get(shop.link(buyer, entitlement, pack.file_ids[0])).data
    upload = Upload(
        id=new_id(),
        creator_id=shop.operator.id,
        purpose=UploadPurpose.TRACE,
        filename="leaked.safetensors",
        size=len(copy),
        received=len(copy),
        state=UploadState.COMPLETE,
        created_at=shop.clock.now(),
        expires_at=shop.clock.now().replace(year=2100),
    )
    middle = len(copy) // 3
    for start, part in ((0, copy[:middle]), (middle, copy[middle:])):
        key = f"catalog/uploads/{upload.id}/{start}"
        shop.service.store.write(key, [part])
        upload.parts.append(UploadPart(start=start, size=len(part), key=key))
    with shop.service.database.transaction() as session:
        session.add(upload)

    answer = shop.post("/traces", shop.operator, json={"upload_id": str(upload.id)})

    assert answer.json["order_number"] == order.number
    assert not shop.service.store.exists(f"catalog/uploads/{upload.id}/0")
    assert shop.post("/traces", shop.operator, json={"upload_id": str(upload.id)}).status_code == 404
    by_copy = shop.post("/traces", shop.operator, json={"copy_id": answer.json["copy_id"]})
    assert by_copy.json["order_number"] == order.number


def test_tracing_is_for_operators_and_says_what_is_wrong(shop: Shop) -> None:
    buyer = shop.person("buyer")
    assert shop.post("/traces/files", data=b"x", headers=BINARY).status_code == 401
    assert shop.post("/traces/files", buyer, data=b"x", headers=BINARY).status_code == 403
    assert shop.post("/traces", buyer, json={"copy_id": str(new_id())}).status_code == 403
    assert shop.get(f"/copies/{new_id()}", buyer).status_code == 403
    assert shop.get(f"/copies/{new_id()}", shop.operator).status_code == 404
    assert shop.post("/traces/files", shop.operator, data=b"x").status_code == 415
    both = {"copy_id": str(new_id()), "upload_id": str(new_id())}
    for body in ({}, both, {"copy_id": "x"}, {"file": "x"}):
        assert shop.post("/traces", shop.operator, json=body).status_code == 422
    assert shop.post("/traces", shop.operator, json={"upload_id": str(new_id())}).status_code == 404
