"""The real files of the demo's products, made on a first start."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from deploy.demo.dictionary_files import dictionary_file_name, write_dictionary
from deploy.demo.lora_files import lora_file_name, write_lora
from deploy.demo.packs import iter_products
from deploy.demo.picture_files import picture_file_name, write_picture
from deploy.demo.preset_files import preset_file_name, write_presets
from deploy.demo.products import DemoKind, DemoProduct


@dataclass(frozen=True)
class DemoFiles:
    """Where a product's files lie: one file a version (none for a bundle), and its pictures, the cover first."""

    versions: tuple[Path, ...]
    pictures: tuple[Path, ...]


@dataclass(frozen=True)
class Progress:
    """So many of all pieces (files and pictures) are done, the last of them for the product `title_zh`."""

    done: int
    total: int
    title_zh: str
    title_en: str


def write_files(product: DemoProduct, folder: Path) -> DemoFiles:
    """Makes every file of one product in `folder`; the same bytes every time, whatever lay there before."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = []
    for index in range(len(product.samples)):
        pictures.append(folder / picture_file_name(product, index))
        write_picture(product, index, pictures[-1])
    return DemoFiles(_write_versions(product, folder), tuple(pictures))


def write_all(
    folder: Path,
    progress: Callable[[Progress], None],
    products: Iterable[DemoProduct] | None = None,
    workers: int = 2,
) -> dict[str, DemoFiles]:
    """Makes the files of all products (or of these), each in a folder of its own, and tells how far it is.

    `workers` processes share the work; 1 does it in this one. `progress` is called in the caller's thread.
    """
    chosen = tuple(iter_products() if products is None else products)
    total, done = sum(_pieces(product) for product in chosen), 0
    found: dict[str, DemoFiles] = {}
    for product, files in _finished(chosen, folder, workers):
        found[product.key] = files
        done += _pieces(product)
        progress(Progress(done, total, product.title_zh, product.title_en))
    return {product.key: found[product.key] for product in chosen}


def _finished(products: tuple[DemoProduct, ...], folder: Path, workers: int) -> Iterable[tuple[DemoProduct, DemoFiles]]:
    if workers <= 1:
        for product in products:
            yield product, write_files(product, folder / product.key)
        return
    # Spawned, not forked: the caller may have threads and open connections.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        largest_first = sorted(products, key=_pieces, reverse=True)
        pending = {pool.submit(write_files, product, folder / product.key): product for product in largest_first}
        for future in as_completed(pending):
            yield pending[future], future.result()


def _pieces(product: DemoProduct) -> int:
    return len(product.samples) + (0 if product.kind is DemoKind.BUNDLE else len(product.versions))


def _write_versions(product: DemoProduct, folder: Path) -> tuple[Path, ...]:
    if product.kind is DemoKind.LORA:
        paths = tuple(folder / lora_file_name(product, version) for version in range(len(product.versions)))
        for version, path in enumerate(paths):
            write_lora(product, version, path)
        return paths
    if product.kind is DemoKind.PROMPT_DICTIONARY:
        path = folder / dictionary_file_name(product)
        write_dictionary(product, path)
        return (path,)
    if product.kind is DemoKind.PRESETS:
        path = folder / preset_file_name(product)
        write_presets(product, path)
        return (path,)
    return ()
