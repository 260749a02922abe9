"""Memory and time do not depend on a file's size: 2 GiB as a sparse file, read where a client asks."""

import json
import resource
import time
import tracemalloc
from pathlib import Path

from services.catalog.domain.files import FileFormat, ProductFile
from services.catalog.usecases.compose_copy import compose_copy
from shared.storage import Store
from tests.service.catalog.delivery.shop import Given, Pack, Shop
from tests.unit.files.making import lora_file

GIB = 1024**3
SIDE = 32768  # 32768 x 32768 F16 is exactly 2 GiB


def sparse_model(path: Path) -> int:
    """A valid model file whose tensor is 2 GiB of nothing but a few bytes; returns its size."""
    table = {
        "__metadata__": {"ss_base_model_version": "sdxl_base_v1-0"},
        "lora_unet_a.lora_down.weight": {"dtype": "F16", "shape": [SIDE, SIDE], "data_offsets": [0, 2 * GIB]},
    }
    header = json.dumps(table).encode()
    header += b" " * (-len(header) % 8)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(len(header).to_bytes(8, "little") + header + b"\x01")
        file.seek(8 + len(header) + GIB)
        file.write(b"middle")
        file.truncate(8 + len(header) + 2 * GIB)
        file.seek(-1, 2)
        file.write(b"\x02")
    return 8 + len(header) + 2 * GIB


def swap_in(shop: Shop, pack: Pack, folder: Path) -> int:
    """Put the large file in the place of the pack's."""
    with shop.service.database.transaction() as session:
        file = session.get_one(ProductFile, pack.file_ids[0])
        assert file.key is not None
        path = folder / "files" / file.key
        path.unlink()
        file.size = sparse_model(path)
        return file.size


def test_two_gibibytes_are_sent_in_ranges_with_little_memory(shop: Shop, tmp_path: Path) -> None:
    pack = shop.publish(files=[Given("large.safetensors", lora_file(), FileFormat.SAFETENSORS)])
    size = swap_in(shop, pack, tmp_path)
    buyer = shop.person("buyer")
    _, [entitlement] = shop.buy(buyer, pack)
    link = shop.link(buyer, entitlement, pack.file_ids[0])
    whole = int(shop.call("HEAD", link).headers["Content-Length"])
    header = whole - 2 * GIB
    assert size - 2 * GIB < header < size - 2 * GIB + 2048

    tracemalloc.start()
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    for start, length in ((0, header + 1), (header + GIB, 6), (whole - 1, 1), (header + GIB - 8, 32 * 1024**2)):
        part = shop.app.test_client().get(
            link.removeprefix("/api/catalog"), headers={"Range": f"bytes={start}-{start + length - 1}"}
        )
        assert part.status_code == 206
        received, kept = 0, b""
        for piece in part.iter_encoded():
            assert len(piece) <= 1024**2
            received, kept = received + len(piece), kept or bytes(piece[:20])
        part.close()
        assert received == length
        if start == header + GIB:
            assert kept == b"middle"
        if start == whole - 1:
            assert kept == b"\x02"
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 8 * 1024**2
    # ru_maxrss is KiB on Linux; 32 MiB went through, so a copy that is kept anywhere would show.
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 24 * 1024
    assert time.monotonic() - began < 20


def test_a_whole_gibibyte_streams_without_growing(shop: Shop, tmp_path: Path) -> None:
    pack = shop.publish()
    swap_in(shop, pack, tmp_path)
    store: Store = shop.service.store
    with shop.service.database.transaction() as session:
        file = session.get_one(ProductFile, pack.file_ids[0])
        copy = compose_copy(store, file, {"huafang.order": "HF1", "huafang.copy": "c"})

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    read = sum(len(piece) for piece in copy.read(copy.size - GIB, copy.size))

    assert read == GIB
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 24 * 1024
