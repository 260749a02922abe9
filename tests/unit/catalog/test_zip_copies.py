"""A buyer's copy of an archive: the same members, one more, in any range."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.catalog.domain.zip_copies import ZipCopy, read_zip_trace
from shared.files.problems import FileRefused
from shared.files.traces import AIGC, COPY, ORDER

MARK = {ORDER: "HF20261124-7", COPY: "5f1c1f0e-1f2e-4e51-8f7e-d7a2a2c9d001", AIGC: '{"Label":"2"}'}
MEMBERS = st.dictionaries(
    st.text(alphabet="abc文件/", min_size=1, max_size=8).map(lambda name: f"f{name}x"),
    st.binary(max_size=300),
    max_size=5,
)


def archive(members: dict[str, bytes], comment: bytes = b"", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as writing:
        for name, content in members.items():
            writing.writestr(name, content)
        writing.comment = comment
    return made.getvalue()


def copied(data: bytes, start: int = 0, end: int | None = None, chunk: int = 64) -> bytes:
    copy = ZipCopy(io.BytesIO(data), len(data), MARK)
    return b"".join(copy.read(start, copy.size if end is None else end, lambda at, n: data[at : at + n], chunk))


@settings(max_examples=60)
@given(MEMBERS, st.binary(max_size=50), st.sampled_from([zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED]))
def test_every_member_is_kept_and_one_is_added(members: dict[str, bytes], comment: bytes, method: int) -> None:
    data = archive(members, comment, method)
    whole = copied(data)
    with zipfile.ZipFile(io.BytesIO(whole)) as copy:
        assert copy.testzip() is None
        assert {name: copy.read(name) for name in members} == members
        assert copy.comment == comment
        assert copy.namelist()[-1] == f"LICENCE-{MARK[ORDER]}.txt"
    assert read_zip_trace(io.BytesIO(whole)) == MARK
    assert read_zip_trace(io.BytesIO(data)) is None


@settings(max_examples=60)
@given(st.integers(0, 2000), st.integers(0, 2000), st.integers(1, 500))
def test_any_range_is_cut_from_the_same_bytes(start: int, end: int, chunk: int) -> None:
    data = archive({"预设/a.json": b"{}" * 200, "b.txt": b"hello"})
    assert copied(data, start, end, chunk) == copied(data)[start:end]


def test_the_licence_can_be_read_by_its_buyer() -> None:
    with zipfile.ZipFile(io.BytesIO(copied(archive({"a": b"1"})))) as copy:
        text = copy.read(f"LICENCE-{MARK[ORDER]}.txt").decode()
    assert "画坊" in text
    assert f"{ORDER}: {MARK[ORDER]}" in text


@pytest.mark.parametrize(
    "data",
    [b"", b"PK\x05\x06", b"no archive at all", archive({"a": b"1"})[:-10]],
    ids=["empty", "an end alone", "text", "cut short"],
)
def test_what_is_no_whole_archive_is_refused(data: bytes) -> None:
    with pytest.raises(FileRefused):
        ZipCopy(io.BytesIO(data), len(data), MARK)
    assert read_zip_trace(io.BytesIO(data)) is None


@given(st.binary(max_size=400))
def test_looking_for_a_trace_never_fails(data: bytes) -> None:
    assert read_zip_trace(io.BytesIO(b"PK\x03\x04" + data)) is None


def test_a_licence_that_swells_is_not_unpacked() -> None:
    bomb = archive({f"LICENCE-{MARK[ORDER]}.txt": b"mark: " + b"x" * 5_000_000})
    assert read_zip_trace(io.BytesIO(bomb)) is None
