import io
import json
import pickle
import struct
import subprocess
import sys
import zipfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from shared.files.formats import Kind, detect, text_kind
from shared.files.problems import REASONS, FileRefused
from tests.unit.files.making import lora_file, model_file, with_header


class RunsCode:
    def __reduce__(self):
        return (print, ("never",))


def kind(data: bytes) -> Kind:
    return detect(io.BytesIO(data))


def refusal(data: bytes) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        kind(data)
    return refused.value


def picture(format_: str) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(out, format_)
    return out.getvalue()


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_", "."), data)
    return out.getvalue()


@pytest.mark.parametrize("name", ["PNG", "JPEG", "WEBP", "GIF"])
def test_pictures_are_told_by_their_bytes(name: str):
    assert kind(picture(name)) == Kind(name.lower())


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (lora_file(), Kind.SAFETENSORS),
        (with_header(b"{}"), Kind.SAFETENSORS),
        (with_header(b"{}", length=10_000_000), Kind.SAFETENSORS),
        (zipped(a_txt=b"x"), Kind.ZIP),
        (zipped(), Kind.ZIP),
        (b"%PDF-1.7\n...", Kind.PDF),
        (b'{"a": [1, 2]}', Kind.JSON),
        (b'["cat", "dog"]', Kind.JSON),
        ("提示词,分类\n猫,动物\n狗,动物\n".encode("gb18030"), Kind.CSV),
        ("\ufeffprompt;category\ncat;x\n".encode(), Kind.CSV),
        (b"# Lighting\n\n- rim light\n- soft box\n", Kind.MARKDOWN),
        (b"[cat:dog:0.5] is no JSON", Kind.TEXT),
        (b"masterpiece, best quality\n1girl, solo, hat\nsky\n", Kind.TEXT),
        ("雨夜，霓虹".encode(), Kind.TEXT),
        ("prompt\tkind\ncat\tx\n".encode("utf-16"), Kind.CSV),
    ],
)
def test_files_are_told_by_their_content(data: bytes, expected: Kind):
    assert kind(data) == expected


@pytest.mark.parametrize("protocol", range(6))
def test_a_pickle_is_refused_whatever_its_name(protocol: int):
    assert refusal(pickle.dumps(RunsCode(), protocol)).slug == "pickle-refused"


def test_a_torch_archive_is_refused_for_the_pickle_in_it():
    assert refusal(zipped(archive__data_pkl=b"\x80\x02.", archive__version=b"3")).slug == "pickle-refused"
    assert refusal(zipped(data_pkl=b"x")).status == 415


def test_torchs_archive_is_told_although_it_has_needless_zip64_records():
    plain = zipped(model__data_pkl=b"\x80\x02.", model__data__0=bytes(64))
    end = plain.rindex(b"PK\x05\x06")
    entries, size, offset = struct.unpack_from("<HII", plain, end + 10)
    record = b"PK\x06\x06" + struct.pack("<QHHIIQQQQ", 44, 45, 45, 0, 0, entries, entries, size, offset)
    locator = b"PK\x06\x07" + struct.pack("<IQI", 0, end, 1)
    assert refusal(plain[:end] + record + locator + plain[end:]).slug == "pickle-refused"


def test_torchs_old_format_is_refused():
    magic = pickle.dumps(0x1950A86A20F9469CFC6C, protocol=2)
    assert refusal(magic + pickle.dumps(1001, protocol=2)).slug == "pickle-refused"


@pytest.mark.parametrize("length", [640, 896, 1152, 1408])
def test_a_header_whose_length_looks_like_a_pickle_is_still_safetensors(length: int):
    table = {"__metadata__": {"x": ""}}
    table["__metadata__"]["x"] = "y" * (length - len(json.dumps(table)))
    data = with_header(json.dumps(table).encode())
    assert data[0] == 0x80
    assert kind(data) is Kind.SAFETENSORS


def test_a_long_run_of_opcodes_is_taken_for_a_pickle():
    assert refusal(b"N" * 2_000_000).slug == "pickle-refused"


@pytest.mark.parametrize(
    ("data", "slug"),
    [
        (b"", "file-empty"),
        (b"\x89HDF\r\n\x1a\n" + bytes(50), "hdf5-refused"),
        (b"\x7fELF" + bytes(60), "executable-refused"),
        (b"MZ" + bytes(200), "executable-refused"),
        (b"\xcf\xfa\xed\xfe" + bytes(60), "executable-refused"),
        (b"#!/bin/sh\necho hello\n", "executable-refused"),
        (b"\x1f\x8b\x08\x00" + bytes(20), "archive-refused"),
        (b"Rar!\x1a\x07\x00", "archive-refused"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(20), "archive-refused"),
        (b"GGUF" + bytes(20), "type-refused"),
        (b"\x93NUMPY\x01\x00", "pickle-refused"),
        (b"<svg xmlns='x'><script>alert(1)</script></svg>", "svg-refused"),
        (b"<?xml version='1.0'?>\n<!-- x --><svg/>", "svg-refused"),
        (b"\n<!DOCTYPE html><p>", "html-refused"),
        (b"<script>alert(1)</script>", "html-refused"),
        (b"<?xml version='1.0'?><a/>", "type-refused"),
        (b"\x00\x01\x02\x03 unknown", "type-refused"),
        (b"BM\x00\x00\x00\x00", "type-refused"),
    ],
)
def test_what_is_never_taken_is_refused_with_a_reason(data: bytes, slug: str):
    refused = refusal(data)
    assert refused.slug == slug
    assert refused.status == REASONS[slug].status
    assert refused.detail


def test_words_that_begin_with_MZ_are_still_words():  # noqa: N802
    assert kind(b"MZ, prompt, light\nrim light\n") is Kind.TEXT


@pytest.mark.parametrize("front", [lora_file(), picture("PNG"), picture("JPEG"), b"%PDF-1.4\n", b"plain words\n"])
def test_a_zip_behind_another_file_is_refused(front: bytes):
    assert refusal(front + zipped(evil_txt=b"x" * 50)).slug == "polyglot-refused"


def test_a_zip_hidden_inside_a_tensor_is_refused():
    archive = zipped(evil_txt=b"x")
    data = model_file({"w": ("U8", [len(archive)], len(archive))})
    assert refusal(data[: -len(archive)] + archive).slug == "polyglot-refused"


def test_the_end_records_signature_alone_is_no_zip():
    chance = b"PK\x05\x06" + bytes(range(100))
    data = model_file({"w": ("U8", [len(chance)], len(chance))})
    assert kind(data[: -len(chance)] + chance) is Kind.SAFETENSORS


def test_only_between_plain_texts_may_a_name_decide():
    assert text_kind(Kind.TEXT, "words.csv") is Kind.CSV
    assert text_kind(Kind.CSV, "words.md") is Kind.MARKDOWN
    assert text_kind(Kind.JSON, "words.csv") is Kind.JSON
    assert text_kind(Kind.SAFETENSORS, "x.txt") is Kind.SAFETENSORS


@given(st.binary(max_size=400))
@example(b"PK\x05\x06" + b"\xff" * 18)
@example(b"PK\x06\x06" + bytes(72) + b"PK\x05\x06" + b"\xff" * 18)
def test_any_bytes_are_told_or_refused(data: bytes):
    try:
        kind(data)
    except FileRefused:
        return


@given(st.text(max_size=200))
def test_any_text_is_told_or_refused(text: str):
    try:
        kind(text.encode("utf-8", "replace"))
    except FileRefused:
        return


def test_every_reason_has_a_title_and_a_4xx_status():
    assert all(reason.status in {413, 415, 422} and reason.title for reason in REASONS.values())


def test_a_text_beyond_the_limit_is_too_large_and_other_bytes_are_no_text():
    assert refusal(b"prompt, light\n" * 1_600_000).slug == "file-too-large"
    assert refusal(bytes([1, 2, 3, 10]) * 5_500_000).slug == "type-refused"


def test_reading_files_needs_no_web_and_no_database():
    code = (
        "import sys, shared.files.formats, shared.files.safetensors, shared.files.images, shared.files.archives\n"
        "import shared.files.dictionaries, shared.files.generation\n"
        "print(sorted({'flask', 'sqlalchemy', 'obstore', 'numpy'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert found.stdout.strip() == "[]"
