"""Resumable uploads (tus 1.0.0): what is kept, what is refused, and who may touch what."""

import base64
import hashlib
import threading
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from services.catalog.domain.uploads import Upload, UploadPart
from services.catalog.settings import CatalogSettings
from services.catalog.usecases import append_to_upload
from services.catalog.usecases.append_to_upload import append_to_upload as append
from services.catalog.usecases.discard_upload import discard_expired_uploads
from shared.auth import Reader
from tests.service.catalog.publishing.studio import Studio

TUS = {"Tus-Resumable": "1.0.0"}
BYTES = {"Content-Type": "application/offset+octet-stream"}


def announce(studio: Studio, size: int | str, purpose: str = "file", **headers: str) -> Any:
    pairs = {"filename": "ink.safetensors", "purpose": purpose}
    metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in pairs.items())
    given = studio.headers | TUS | {"Upload-Length": str(size), "Upload-Metadata": metadata} | headers
    return studio.client.post("/uploads", headers=given)


def begun(studio: Studio, size: int) -> str:
    answer = announce(studio, size)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return str(answer.headers["Location"].rpartition("/")[2])


def send(studio: Studio, upload_id: str, offset: int, content: bytes, **headers: str) -> Any:
    given = studio.headers | TUS | BYTES | {"Upload-Offset": str(offset)} | headers
    return studio.client.patch(f"/uploads/{upload_id}", data=content, headers=given)


def received(studio: Studio, upload_id: str) -> int:
    return int(studio.client.head(f"/uploads/{upload_id}", headers=studio.headers | TUS).headers["Upload-Offset"])


def kept_files(studio: Studio) -> list[str]:
    return list(studio.service.store.keys("catalog/uploads"))


def rows(studio: Studio, of: type[Upload] | type[UploadPart]) -> int:
    with studio.service.database.transaction() as session:
        return session.scalar(select(func.count()).select_from(of)) or 0


def test_the_server_says_what_it_can_do(studio: Studio) -> None:
    answer = studio.client.options("/uploads")
    assert answer.headers["Tus-Version"] == "1.0.0"
    assert set(answer.headers["Tus-Extension"].split(",")) == {"creation", "termination", "expiration", "checksum"}
    assert "sha1" in answer.headers["Tus-Checksum-Algorithm"].split(",")


def test_what_arrived_before_the_line_dropped_is_kept(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(append_to_upload, "PART", 4)
    upload_id, pieces = begun(studio, 10), iter([b"abcd", b"ef"])

    def dropping(_count: int) -> bytes:
        try:
            return next(pieces)
        except StopIteration as error:
            raise ConnectionResetError from error

    settings = studio.service.settings
    assert isinstance(settings, CatalogSettings)
    with studio.service.database.transaction() as session:
        upload = session.scalars(select(Upload)).one()
    reader = Reader(studio.creator_id, frozenset({"creator"}))
    with pytest.raises(ConnectionResetError):
        append(studio.service, settings, reader, upload.id, offset=0, read=dropping)
    assert received(studio, upload_id) == 6
    assert send(studio, upload_id, 6, b"ghij").status_code == 204
    assert received(studio, upload_id) == 10


def test_of_two_requests_at_one_offset_one_wins(studio: Studio) -> None:
    upload_id = begun(studio, 6)
    answers: list[int] = []
    barrier = threading.Barrier(4)

    def race(content: bytes) -> None:
        client = studio.client.application.test_client()
        barrier.wait(10)
        headers = studio.headers | TUS | BYTES | {"Upload-Offset": "0"}
        answers.append(client.patch(f"/uploads/{upload_id}", data=content, headers=headers).status_code)

    racers = [threading.Thread(target=race, args=(content,)) for content in (b"aaa", b"bbb", b"ccc", b"ddd")]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(20)
    assert sorted(answers) == [204, 409, 409, 409]
    assert received(studio, upload_id) == 3
    assert len(kept_files(studio)) == rows(studio, UploadPart) == 1


@pytest.mark.parametrize("offset", [0, 2, 4])
def test_another_offset_than_the_present_one_is_refused(studio: Studio, offset: int) -> None:
    upload_id = begun(studio, 6)
    send(studio, upload_id, 0, b"abc")
    answer = send(studio, upload_id, offset, b"xyz")
    assert answer.status_code == 409
    assert answer.json["type"] == "urn:huafang:problem:upload-offset-conflict"
    assert received(studio, upload_id) == 3


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_bytes_with_their_checksum_are_kept_and_others_are_not(studio: Studio, algorithm: str) -> None:
    upload_id = begun(studio, 6)
    right = base64.b64encode(hashlib.new(algorithm, b"abc").digest()).decode()
    refused = send(studio, upload_id, 0, b"abX", **{"Upload-Checksum": f"{algorithm} {right}"})
    assert refused.status_code == 460
    assert (received(studio, upload_id), kept_files(studio)) == (0, [])
    assert send(studio, upload_id, 0, b"abc", **{"Upload-Checksum": f"{algorithm} {right}"}).status_code == 204
    assert received(studio, upload_id) == 3


@pytest.mark.parametrize("header", ["md5 AAAA", "sha256", "sha256 %%%", ""])
def test_a_checksum_that_cannot_be_read_is_refused(studio: Studio, header: str) -> None:
    upload_id = begun(studio, 3)
    answer = send(studio, upload_id, 0, b"abc", **{"Upload-Checksum": header})
    assert answer.status_code == (400 if header else 204)


def test_more_bytes_than_were_announced_are_refused(studio: Studio) -> None:
    upload_id = begun(studio, 4)
    assert send(studio, upload_id, 0, b"abcde").status_code == 413
    assert received(studio, upload_id) == 0


@pytest.mark.parametrize("size", ["-1", "1.5", "ten", "", "9" * 16])
def test_a_length_that_is_no_whole_number_is_refused(studio: Studio, size: str) -> None:
    assert announce(studio, size).status_code == 400
    assert rows(studio, Upload) == 0


def test_an_empty_file_is_refused(studio: Studio) -> None:
    assert announce(studio, 0).status_code == 422


@pytest.mark.parametrize(("purpose", "size"), [("file", 4 * 1024**3 + 1), ("picture", 20 * 1024**2 + 1)])
def test_a_file_above_the_limit_of_its_purpose_is_refused(studio: Studio, purpose: str, size: int) -> None:
    answer = announce(studio, size, purpose)
    assert answer.status_code == 413
    assert answer.json["limit"] == size - 1
    assert rows(studio, Upload) == 0


def test_a_creator_cannot_announce_more_than_the_quota(studio: Studio) -> None:
    size = 4 * 1024**3
    for _ in range(25):
        assert announce(studio, size).status_code == 201
    answer = announce(studio, size)
    assert answer.status_code == 413
    assert answer.json["type"] == "urn:huafang:problem:quota-exceeded"


@pytest.mark.parametrize("purpose", ["", "trace-me", "FILE"])
def test_an_unknown_purpose_is_refused(studio: Studio, purpose: str) -> None:
    assert announce(studio, 3, purpose).status_code == 422


def test_a_creator_cannot_upload_for_a_trace(studio: Studio) -> None:
    assert announce(studio, 3, "trace").status_code == 403


def test_another_version_of_the_protocol_is_told_which_one_is_spoken(studio: Studio) -> None:
    answer = announce(studio, 3, **{"Tus-Resumable": "0.2.2"})
    assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")


def test_bytes_of_another_content_type_are_refused(studio: Studio) -> None:
    upload_id = begun(studio, 3)
    assert send(studio, upload_id, 0, b"abc", **{"Content-Type": "application/json"}).status_code == 415


def test_another_creators_upload_does_not_exist(studio: Studio) -> None:
    upload_id = begun(studio, 3)
    stranger = studio.as_somebody("creator", who=uuid4()) | TUS
    path = f"/uploads/{upload_id}"
    assert studio.client.head(path, headers=stranger).status_code == 404
    sent = studio.client.patch(path, data=b"abc", headers=stranger | BYTES | {"Upload-Offset": "0"})
    assert sent.status_code == 404
    assert studio.client.delete(path, headers=stranger).status_code == 404
    assert received(studio, upload_id) == 0


def test_a_customer_and_a_stranger_cannot_upload(studio: Studio) -> None:
    assert studio.client.post("/uploads", headers=studio.as_somebody("customer") | TUS).status_code == 403
    assert studio.client.post("/uploads", headers=TUS).status_code == 401


def test_an_upload_that_is_given_up_leaves_nothing(studio: Studio) -> None:
    upload_id = begun(studio, 6)
    send(studio, upload_id, 0, b"abc")
    assert studio.client.delete(f"/uploads/{upload_id}", headers=studio.headers | TUS).status_code == 204
    assert studio.client.head(f"/uploads/{upload_id}", headers=studio.headers | TUS).status_code == 404
    assert (kept_files(studio), rows(studio, Upload), rows(studio, UploadPart)) == ([], 0, 0)


def test_an_upload_that_gets_no_bytes_for_a_day_is_gone(studio: Studio) -> None:
    upload_id = begun(studio, 6)
    send(studio, upload_id, 0, b"abc")
    studio.clock.advance(timedelta(hours=25))
    assert studio.client.head(f"/uploads/{upload_id}", headers=studio.headers | TUS).status_code == 410
    assert send(studio, upload_id, 3, b"def").status_code == 410
    assert discard_expired_uploads(studio.service) == 1
    assert (kept_files(studio), rows(studio, Upload), rows(studio, UploadPart)) == ([], 0, 0)


def test_an_upload_is_not_attached_before_it_is_complete_and_only_once(studio: Studio) -> None:
    product = studio.begin()
    upload_id, version = begun(studio, 6), product["versions"][0]["id"]
    send(studio, upload_id, 0, b"abc")
    early = studio.ask("POST", f"/versions/{version}/files", {"upload_id": upload_id})
    assert early.status_code == 409
    send(studio, upload_id, 3, b"def")
    studio.done("POST", f"/versions/{version}/files", {"upload_id": upload_id})
    assert studio.ask("POST", f"/versions/{version}/files", {"upload_id": upload_id}).status_code == 404


def test_a_picture_cannot_be_attached_as_a_file(studio: Studio) -> None:
    product = studio.begin()
    upload_id = studio.upload(b"abc", "a.png", "picture")
    version = product["versions"][0]["id"]
    answer = studio.ask("POST", f"/versions/{version}/files", {"upload_id": upload_id})
    assert answer.status_code == 409
    assert answer.json["type"] == "urn:huafang:problem:upload-wrong-purpose"
