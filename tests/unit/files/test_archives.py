import io
import stat
import struct
import time
import tracemalloc
import warnings
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.files.archives import Archive, ArchiveLimits, open_archive, write_zip
from shared.files.problems import FileRefused


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", method) as archive:
        warnings.simplefilter("ignore")
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def opened(data: bytes, **limits: int) -> Archive:
    return open_archive(io.BytesIO(data), ArchiveLimits(**limits))


def refusal(data: bytes, **limits: int) -> str:
    def unpack() -> None:
        archive = opened(data, **limits)
        for member in archive.members:
            list(archive.stream(member))

    with pytest.raises(FileRefused) as refused:
        unpack()
    return refused.value.slug


def test_members_are_read_in_pieces():
    data = zipped(("words/a.txt", b"abc" * 1000), ("b.bin", b""), ("words/", b""))
    archive = opened(data)
    assert [(member.name, member.size) for member in archive.members] == [("words/a.txt", 3000), ("b.bin", 0)]
    pieces = list(archive.stream(archive.members[0], chunk=1024))
    assert b"".join(pieces) == b"abc" * 1000
    assert max(map(len, pieces)) <= 1024
    assert archive.read(archive.members[1], 0) == b""
    with pytest.raises(FileRefused, match="larger"):
        archive.read(archive.members[0], 2999)


@pytest.mark.parametrize(
    "name",
    [
        "../x",
        "a/../../x",
        "a/..",
        "/etc/passwd",
        "//server/x",
        "C:/x",
        "c:x",
        "a\\b",
        "..\\x",
        "a//b",
        "./a",
        "a/./b",
        "a/ /b",
        "... /x",
        "a\x01b",
        "a\x7fb",
        "x\u202egnp.exe",
        "name:stream",
        "a/" * 13 + "b",
        "x" * 201,
        "字" * 70,
    ],
)
def test_a_name_that_leads_out_or_deceives_is_refused(name: str):
    assert refusal(zipped((name, b"x"))) == "zip-path"


def test_an_empty_name_is_refused():
    data = bytearray(zipped(("a", b"")))
    for signature, offset in ((b"PK\x03\x04", 26), (b"PK\x01\x02", 28)):
        position = data.index(signature)
        struct.pack_into("<HH", data, position + offset, 0, 1)
    assert refusal(bytes(data)) == "zip-path"


def test_a_name_with_a_nul_byte_is_refused():
    data = zipped(("aXb.txt", b"x")).replace(b"aXb.txt", b"a\x00b.txt")
    assert refusal(data) == "zip-path"


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFIFO, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFSOCK])
def test_links_and_special_files_are_refused(kind: int):
    info = zipfile.ZipInfo("x")
    info.create_system, info.external_attr = 3, (kind | 0o777) << 16
    assert refusal(zipped((info, b"/etc/passwd"))) == "zip-link"


@pytest.mark.parametrize(
    "names", [("a", "a"), ("a.txt", "A.TXT"), ("caf\u00e9", "cafe\u0301"), ("a", "a/b"), ("A/b", "a")]
)
def test_the_same_name_twice_is_refused(names: tuple[str, str]):
    assert refusal(zipped(*((name, b"x") for name in names))) == "zip-duplicate"


def test_a_bomb_is_refused_without_being_unpacked():
    data = zipped(("zeros", bytes(200_000_000)))
    tracemalloc.start()
    start = time.perf_counter()
    assert refusal(data) == "zip-bomb"
    assert time.perf_counter() - start < 1
    assert tracemalloc.get_traced_memory()[1] < 10_000_000
    tracemalloc.stop()


def test_too_many_or_too_large_files_are_refused():
    many = zipped(*((f"{index}.txt", b"x") for index in range(20)))
    assert refusal(many, members=19) == "zip-bomb"
    assert len(opened(many, members=20).members) == 20
    assert refusal(many, total=19) == "zip-bomb"
    assert refusal(zipped(("a", b"123")), member=2) == "zip-bomb"


def test_many_dense_files_together_are_refused():
    data = zipped(*((f"{index}.txt", bytes(900_000)) for index in range(50)))
    assert refusal(data) == "zip-bomb"


def test_small_repetitive_texts_are_no_bomb():
    assert opened(zipped(("words.csv", b"cat,dog\n" * 100_000))).members[0].size == 800_000


def test_entries_that_share_their_bytes_are_refused():
    data = bytearray(zipped(("a.txt", b"x" * 500), ("b.txt", b"x" * 500)))
    first = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", first + 1)
    struct.pack_into("<I", data, second + 42, 0)
    assert refusal(bytes(data)) == "zip-bomb"


def test_a_size_that_lies_is_refused():
    plain = zipped(("a.txt", b"0123456789" * 50))
    for claimed in (10, 100_000):
        data = bytearray(plain)
        struct.pack_into("<I", data, plain.index(b"PK\x01\x02") + 24, claimed)
        assert refusal(bytes(data)) == "zip-unreadable"


def test_an_encrypted_archive_is_refused():
    data = bytearray(zipped(("a.txt", b"x")))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    assert refusal(bytes(data)) == "zip-encrypted"


@pytest.mark.parametrize(
    "inner", [zipped(("x", b"y")), b"\x1f\x8b\x08\x00aaaa", b"Rar!\x1a\x07\x00", b"7z\xbc\xaf\x27\x1c"]
)
def test_an_archive_inside_is_refused_whatever_its_name(inner: bytes):
    assert refusal(zipped(("words.txt", inner))) == "zip-nested"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_packing_other_than_deflate_is_refused(method: int):
    assert refusal(zipped(("a", b"x" * 100), method=method)) == "zip-unreadable"


@pytest.mark.parametrize("data", [b"", b"PK", b"PK\x05\x06" + bytes(17), b"not a zip", b"MZ" + zipped(("a", b"x"))])
def test_what_is_no_archive_is_refused(data: bytes):
    assert refusal(data) == "zip-unreadable"


def test_an_empty_archive_has_no_members():
    assert opened(zipped()).members == ()


def test_chinese_names_are_read_in_whichever_encoding():
    utf8 = opened(zipped(("提示词/雨夜.txt", b"x")))
    assert utf8.members[0].name == "提示词/雨夜.txt"
    for encoding in ("gbk", "utf-8"):
        raw = "雨夜霓虹.txt".encode(encoding)
        data = zipped(("x" * len(raw), b"y")).replace(b"x" * len(raw), raw)
        assert opened(data).members[0].name == "雨夜霓虹.txt"
        archive = opened(data)
        assert archive.read(archive.members[0], 10) == b"y"


def test_desktop_leftovers_are_passed_over():
    data = zipped(("__MACOSX/._a.txt", b"x"), (".DS_Store", b"x"), ("a.txt", b"x"), ("b/Thumbs.db", b"x"))
    assert [member.name for member in opened(data).members] == ["a.txt"]


@settings(max_examples=300)
@given(st.data())
def test_a_damaged_archive_is_refused_or_read(drawn: st.DataObject):
    data = bytearray(zipped(("a/b.txt", b"hello " * 40), ("c.bin", bytes(range(256)))))
    for _ in range(drawn.draw(st.integers(1, 5))):
        data[drawn.draw(st.integers(0, len(data) - 1))] = drawn.draw(st.integers(0, 255))
    try:
        archive = opened(bytes(data))
        for member in archive.members:
            assert sum(map(len, archive.stream(member))) == member.size
    except FileRefused:
        return


def test_a_bundle_is_written_the_same_each_time_and_read_back():
    def write() -> bytes:
        out = io.BytesIO()
        write_zip(out, [("模型/a.safetensors", b"weights"), ("readme.md", iter([b"# ", b"hello"]))])
        return out.getvalue()

    assert write() == write()
    archive = opened(write())
    assert [member.name for member in archive.members] == ["模型/a.safetensors", "readme.md"]
    assert archive.read(archive.members[1], 100) == b"# hello"
    with pytest.raises(FileRefused):
        write_zip(io.BytesIO(), [("../x", b"")])
    with pytest.raises(FileRefused):
        write_zip(io.BytesIO(), [("a", b""), ("A", b"")])


def test_a_bundle_goes_to_a_pipe_in_constant_memory():
    class Pipe(io.RawIOBase):
        total = 0

        def writable(self) -> bool:
            return True

        def write(self, data: object) -> int:
            self.total += len(data)
            return len(data)

    pipe, block = Pipe(), bytes(1024 * 1024)
    tracemalloc.start()
    write_zip(pipe, [("big.bin", (block for _ in range(300)))])
    assert tracemalloc.get_traced_memory()[1] < 8_000_000
    tracemalloc.stop()
    assert pipe.total > 300 * 1024 * 1024
