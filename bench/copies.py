"""A traced copy against a plain send of the same file: what writing the order into the header costs."""

import io
import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from obstore.store import LocalStore

from shared.files.safetensors import TracedCopy, read_header
from shared.files.traces import trace_additions
from shared.storage import CHUNK, Store

BODY = 256 * CHUNK
ROUNDS = 5


def measure() -> str:
    """One line: megabytes a second of both, and their ratio (1.00 would be free)."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(LocalStore(Path(folder), mkdir=True))
        store.write("bench/model", _model())
        plain = min(_seconds_plain(store) for _ in range(ROUNDS))
        traced = min(_seconds_traced(store) for _ in range(ROUNDS))
    rate = BODY / 1e6
    return f"traced copy {rate / traced:,.0f} MB/s, plain send {rate / plain:,.0f} MB/s: ratio {traced / plain:.2f}"


def _model() -> list[bytes]:
    table = {"lora_unet_a.lora_down.weight": {"dtype": "U8", "shape": [BODY], "data_offsets": [0, BODY]}}
    header = json.dumps(table).encode()
    header += b" " * (-len(header) % 8)
    return [len(header).to_bytes(8, "little") + header, *[bytes(CHUNK)] * (BODY // CHUNK)]


def _seconds_plain(store: Store) -> float:
    begun = perf_counter()
    sent = sum(len(chunk) for chunk in store.stream("bench/model"))
    assert sent > BODY
    return perf_counter() - begun


def _seconds_traced(store: Store) -> float:
    begun = perf_counter()
    size = store.size("bench/model")
    header = read_header(io.BytesIO(store.read_range("bench/model", 0, 4096)), size)
    additions = trace_additions(
        order="HF20261124-000000", order_line="1", licence="pack-licence/1", copy="1", issued_at=datetime.now(UTC)
    )
    copy = TracedCopy(header, additions)

    def read(start: int, count: int) -> bytes:
        return store.read_range("bench/model", start, count)

    assert sum(len(chunk) for chunk in copy.read(0, copy.size, read, CHUNK)) == copy.size
    return perf_counter() - begun


if __name__ == "__main__":
    print(measure())
