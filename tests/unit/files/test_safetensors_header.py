import hashlib
import json

import pytest
import safetensors
from hypothesis import given
from hypothesis import strategies as st

from shared.files.problems import FileRefused
from shared.files.safetensors import Header, hashes, read_header
from shared.files.safetensors.header import DTYPE_BITS
from tests.unit.files.making import lora_file, model_file, opened, with_header, worked_example

TENSOR = {"dtype": "F16", "shape": [2, 2], "data_offsets": [0, 8]}


def read(data: bytes, limit: int = 10 * 1024 * 1024) -> Header:
    return read_header(opened(data), len(data), limit)


def refusal(data: bytes, **options: int) -> str:
    with pytest.raises(FileRefused) as refused:
        read(data, **options)
    return refused.value.slug


def packed(table: object, body: bytes = bytes(8)) -> bytes:
    return with_header(json.dumps(table).encode(), body)


def test_the_worked_example_has_its_known_hashes():
    data = worked_example()
    found = hashes(opened(data))
    assert len(data) == 192
    assert (found.autov2, found.autov3) == ("76F7C3EB61", "DEEDF0014CC4")
    assert found.body_sha256.upper().startswith(found.autov3)
    assert found.embedded_autov3 is None


def test_autov1_is_of_the_64_kib_after_the_first_mebibyte():
    data = model_file({"w": ("U8", [1_200_000], 1_200_000)})
    assert hashes(opened(data)).autov1 == hashlib.sha256(data[0x100000:0x110000]).hexdigest()[:8].upper()


def test_an_embedded_hash_is_told_beside_the_computed_one():
    data = lora_file({"sshs_model_hash": "abcdef0123456789" * 4})
    found = hashes(opened(data))
    assert found.embedded_autov3 == "ABCDEF012345"
    assert found.autov3 != found.embedded_autov3
    assert hashes(opened(lora_file({"sshs_model_hash": "=cmd()"}))).embedded_autov3 is None


def test_editing_metadata_changes_the_file_hash_and_not_the_body_hash():
    one, other = hashes(opened(lora_file({"a": "1"}))), hashes(opened(lora_file({"a": "2", "b": "3"})))
    assert one.sha256 != other.sha256
    assert one.body_sha256 == other.body_sha256


@pytest.mark.parametrize("length", [0, 4, 7])
def test_a_file_too_short_for_a_header_is_refused(length: int):
    assert refusal(bytes(length)) == "safetensors-truncated"


def test_a_header_longer_than_the_file_is_refused():
    assert refusal(with_header(b"{}", length=100)) == "safetensors-header-too-long"


def test_a_header_beyond_our_limit_is_refused_without_being_read():
    huge = (100 * 1024 * 1024).to_bytes(8, "little") + b"{}"
    with pytest.raises(FileRefused, match="at most"):
        read_header(opened(huge), 200 * 1024 * 1024)
    assert refusal(lora_file(), limit=100) == "safetensors-header-too-long"


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"[]",
        b"null",
        b" {}",
        b"{",
        b"{}x",
        b"\xff\xfe",
        b'{"a":\xff}',
        b'{"\\ud800": 1}',
        b'{"a": NaN}',
        b'{"a": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
        b'{"a": ' + b"9" * 100_000 + b"}",
    ],
)
def test_a_header_that_is_not_one_json_object_is_refused(header: bytes):
    assert refusal(with_header(header)) == "safetensors-header-unreadable"


def test_a_duplicate_key_is_refused_at_every_depth():
    assert refusal(with_header(b'{"__metadata__":{},"__metadata__":{}}')) == "safetensors-duplicate-key"
    assert refusal(with_header(b'{"__metadata__":{"a":"1","a":"2"}}')) == "safetensors-duplicate-key"
    twice = b'{"w":{"dtype":"U8","dtype":"U8","shape":[0],"data_offsets":[0,0]}}'
    assert refusal(with_header(twice)) == "safetensors-duplicate-key"


@pytest.mark.parametrize("metadata", [[], None, "x", {"a": 1}, {"a": None}, {"a": {"b": "c"}}])
def test_metadata_other_than_text_to_text_is_refused(metadata: object):
    assert refusal(packed({"__metadata__": metadata}, b"")) == "safetensors-metadata"


@pytest.mark.parametrize(
    "change",
    [
        {"dtype": "F12"},
        {"dtype": ["F16"]},
        {"dtype": None},
        {"shape": [2, -2]},
        {"shape": [2, 2.0]},
        {"shape": [True, 4]},
        {"shape": "22"},
        {"shape": [2, 3]},
        {"shape": [2**62, 2**62]},
        {"shape": [10**400, 0]},
        {"shape": [1] * 33},
        {"data_offsets": [0]},
        {"data_offsets": [0, 8, 9]},
        {"data_offsets": [0.0, 8]},
        {"data_offsets": "08"},
        {"data_offsets": {"0": 1, "8": 2}},
        {"data_offsets": [-8, 0]},
    ],
)
def test_a_tensor_described_wrongly_is_refused(change: dict[str, object]):
    assert refusal(packed({"w": {**TENSOR, **change}})) == "safetensors-tensor"


@pytest.mark.parametrize("entry", [1, None, [], "x", {}, {"dtype": "F16"}])
def test_a_table_entry_that_is_no_tensor_is_refused(entry: object):
    assert refusal(packed({"w": entry})) == "safetensors-tensor"


@pytest.mark.parametrize("offsets", [[0, 16], [8, 0], [8, 16], [2**62, 2**62]])
def test_offsets_outside_the_file_are_refused(offsets: list[int]):
    assert refusal(packed({"w": {**TENSOR, "data_offsets": offsets}})) == "safetensors-size"


def test_overlapping_ranges_and_holes_are_refused():
    assert refusal(packed({"a": TENSOR, "b": TENSOR})) == "safetensors-overlap"
    hole = {**TENSOR, "data_offsets": [16, 24]}
    assert refusal(packed({"a": TENSOR, "b": hole}, bytes(24))) == "safetensors-overlap"


def test_bytes_behind_the_last_tensor_are_refused():
    assert refusal(packed({"w": TENSOR}, bytes(9))) == "safetensors-size"


def test_scalars_and_empty_tensors_are_read():
    header = read(model_file({"scalar": ("F32", [], 4), "none": ("F32", [0, 3], 0), "w": ("I64", [1], 8)}))
    assert [tensor.parameters for tensor in header.tensors.values()] == [1, 0, 1]


def test_tensors_narrower_than_a_byte_are_read():
    header = read(model_file({"four": ("F4", [4], 2), "six": ("F6_E2M3", [4], 3)}))
    assert header.body_size == 5
    assert refusal(model_file({"w": ("F4", [3], 2)})) == "safetensors-tensor"


def _accepted_by_the_library(data: bytes) -> bool:
    try:
        safetensors.deserialize(data)
    except safetensors.SafetensorError:
        return False
    return True


names = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=12).filter(
    lambda name: name != "__metadata__"
)


@st.composite
def model_files(draw: st.DrawFn) -> bytes:
    tensors = {}
    for name in draw(st.lists(names, max_size=5, unique=True)):
        dtype = draw(st.sampled_from(sorted(DTYPE_BITS)))
        shape = draw(st.lists(st.integers(0, 4), max_size=3))
        count = 1
        for side in shape:
            count *= side
        if count * DTYPE_BITS[dtype] % 8:
            shape, count = [*shape, 8], count * 8
        tensors[name] = (dtype, shape, count * DTYPE_BITS[dtype] // 8)
    return model_file(tensors, draw(st.none() | st.dictionaries(names, st.text(max_size=20), max_size=4)))


@given(model_files())
def test_any_valid_file_is_read_as_the_formats_own_library_reads_it(data: bytes):
    header = read(data)
    theirs = dict(safetensors.deserialize(data))
    assert set(theirs) == set(header.tensors)
    for name, tensor in header.tensors.items():
        body = data[header.body_offset :]
        assert theirs[name]["dtype"] == tensor.dtype
        assert tuple(theirs[name]["shape"]) == tensor.shape
        assert bytes(theirs[name]["data"]) == body[tensor.begin : tensor.end]


@given(model_files(), st.data())
def test_a_changed_header_is_refused_or_read_and_nothing_else(data: bytes, drawn: st.DataObject):
    changed = bytearray(data)
    for _ in range(drawn.draw(st.integers(1, 4))):
        position = drawn.draw(st.integers(0, len(changed) - 1))
        changed[position] = drawn.draw(st.integers(0, 255))
    try:
        read(bytes(changed))
    except FileRefused:
        return
    assert _accepted_by_the_library(bytes(changed)), "we may be stricter than the library, never laxer"


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_or_read(data: bytes):
    try:
        read(with_header(data))
    except FileRefused:
        return
