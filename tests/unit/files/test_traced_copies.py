import io
import tracemalloc
from datetime import UTC, datetime

import safetensors
from hypothesis import given
from hypothesis import strategies as st

from shared.files.safetensors import TracedCopy, hashes, read_header, read_trace
from shared.files.traces import AIGC, COPY, ORDER, trace_additions
from tests.unit.files.making import NEKO_METADATA, lora_file, opened, with_header

ADDITIONS = trace_additions(
    order="019a-order",
    order_line="019a-line",
    licence="个人使用 personal 1.0",
    copy="7d0c7e52-copy",
    issued_at=datetime(2026, 11, 24, 8, 0, tzinfo=UTC),
    label='{"Label":"1","ContentProducer":"画坊"}',
)


def copy_of(data: bytes, additions: dict[str, str] = ADDITIONS) -> TracedCopy:
    return TracedCopy(read_header(opened(data), len(data)), additions)


def whole(copy: TracedCopy, data: bytes) -> bytes:
    return b"".join(copy.read(0, copy.size, lambda offset, length: data[offset : offset + length]))


def test_a_copy_names_its_order_and_keeps_every_tensor_byte():
    data = lora_file()
    traced = whole(copy_of(data), data)
    original, found = hashes(opened(data)), hashes(opened(traced))
    assert (found.autov3, found.body_sha256) == (original.autov3, original.body_sha256)
    assert found.sha256 != original.sha256
    trace = read_trace(opened(traced))
    assert trace == ADDITIONS
    assert trace[ORDER] == "019a-order"


def test_the_formats_own_library_reads_the_copy():
    data = lora_file()
    traced = whole(copy_of(data), data)
    assert dict(safetensors.deserialize(traced)).keys() == dict(safetensors.deserialize(data)).keys()
    assert read_header(opened(traced), len(traced)).tensors == read_header(opened(data), len(data)).tensors


def test_the_body_begins_at_a_multiple_of_eight():
    odd = with_header(b'{"w":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}}', b"abc")
    copy = copy_of(odd)
    assert len(copy.header_bytes) % 8 == 0
    assert whole(copy, odd).endswith(b"abc")


def test_the_copy_shows_no_private_name_and_no_earlier_copy():
    leaked = lora_file({**NEKO_METADATA, ORDER: "someone-else", COPY: "older", "huafang.more": "x"})
    traced = whole(copy_of(leaked), leaked)
    assert b"zhang" not in traced
    assert b"someone-else" not in traced
    assert b"huafang.more" not in traced
    assert read_trace(opened(traced)) == ADDITIONS


def test_an_ai_label_of_its_producer_stays_where_none_is_added():
    data = lora_file({AIGC: '{"Label":"1","ContentProducer":"maker@example.test"}'})
    plain = {key: value for key, value in ADDITIONS.items() if key != AIGC}
    assert b"maker@example.test" in whole(copy_of(data, plain), data)


def test_a_cut_leaked_file_still_answers():
    data = lora_file()
    traced = whole(copy_of(data), data)
    assert read_trace(opened(traced[: len(traced) // 2])) == ADDITIONS


def test_files_without_a_trace_have_none():
    for data in (b"", b"x" * 100, lora_file(), with_header(b"{", length=2), b"\xff" * 20):
        assert read_trace(opened(data)) is None


@given(st.data(), st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=30), max_size=3))
def test_any_range_is_that_slice_of_the_whole(drawn: st.DataObject, more: dict[str, str]):
    data = lora_file(rank=1, width=16)
    copy = copy_of(data, {**ADDITIONS, **more})
    all_of_it = whole(copy, data)
    assert len(all_of_it) == copy.size
    start = drawn.draw(st.integers(0, copy.size + 10))
    end = drawn.draw(st.integers(0, copy.size + 10))
    chunk = drawn.draw(st.integers(1, 3000))
    pieces = list(copy.read(start, end, lambda offset, length: data[offset : offset + length], chunk))
    assert b"".join(pieces) == all_of_it[start:end]
    assert all(0 < len(piece) <= chunk for piece in pieces)


def test_two_gigabytes_are_copied_in_constant_memory():
    size = 2 * 1024**3
    header = f'{{"w":{{"dtype":"U8","shape":[{size}],"data_offsets":[0,{size}]}}}}'.encode()
    data = with_header(header)
    copy = TracedCopy(read_header(io.BytesIO(data), len(data) + size), ADDITIONS)
    block = bytes(1024 * 1024)
    tracemalloc.start()
    total = sum(len(piece) for piece in copy.read(0, copy.size, lambda _, length: block[:length]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total == copy.size > size
    assert peak < 8 * 1024 * 1024


def test_the_same_order_gives_the_same_bytes():
    data = lora_file()
    assert copy_of(data).header_bytes == copy_of(data).header_bytes
