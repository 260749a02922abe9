from pathlib import Path

import pytest
from obstore.store import LocalStore

from shared.storage import FileMissing, Store


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(LocalStore(tmp_path, mkdir=True))


def test_what_is_written_in_chunks_is_read_whole_and_in_ranges(store: Store) -> None:
    written = store.write("catalog/files/1", (bytes([n]) * 1000 for n in range(5)))
    assert written.size == store.size("catalog/files/1") == 5000
    assert store.read_range("catalog/files/1", 999, 2) == b"\x00\x01"
    assert b"".join(store.stream("catalog/files/1", 500, 4500, chunk=700)) == store.read("catalog/files/1")[500:4500]


def test_a_write_that_fails_leaves_nothing(store: Store) -> None:
    def broken() -> object:
        yield b"a" * 100
        raise ConnectionError("the client went away")

    with pytest.raises(ConnectionError):
        store.write("catalog/files/2", broken())  # type: ignore[arg-type]
    assert not store.exists("catalog/files/2")


def test_a_missing_file_is_told_and_deleting_it_is_no_error(store: Store) -> None:
    with pytest.raises(FileMissing):
        store.read("catalog/files/3")
    store.delete("catalog/files/3")
