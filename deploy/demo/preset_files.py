"""Preset packs: a zip with a README and one JSON a preset."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from deploy.demo.entries import Entry, read_entries
from deploy.demo.products import MARK_EN, MARK_ZH, DemoProduct

# A zip knows no day before 1980 and no time zone; one fixed moment keeps its bytes the same.
_MOMENT = (2026, 1, 1, 0, 0, 0)


def preset_file_name(product: DemoProduct) -> str:
    """The file's name."""
    return f"{product.key}.zip"


def write_presets(product: DemoProduct, path: Path) -> None:
    """Writes the pack; the same bytes every time."""
    entries = read_entries(f"presets_{product.entries}")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as pack:
        _add(pack, "README.md", _readme(product, entries))
        for number, entry in enumerate(entries, 1):
            text = json.dumps(_preset(product, entry), ensure_ascii=False, indent=2)
            _add(pack, f"presets/{number:02d}-{entry.prompt}.json", text + "\n")


def _add(pack: zipfile.ZipFile, name: str, text: str) -> None:
    info = zipfile.ZipInfo(name, _MOMENT)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    pack.writestr(info, text.encode())


def _preset(product: DemoProduct, entry: Entry) -> dict[str, object]:
    sample = product.samples[0]
    return {
        "name": {"zh": entry.zh, "en": entry.prompt.replace("-", " ")},
        "prompt": entry.third,
        "negative_prompt": entry.fourth,
        "sampler": sample.sampler,
        "scheduler": sample.schedule,
        "steps": sample.steps,
        "cfg_scale": sample.cfg,
        "made_for": sample.model,
        "about": MARK_EN,
    }


def _readme(product: DemoProduct, entries: tuple[Entry, ...]) -> str:
    names = "\n".join(f"{number}. {entry.zh} · {entry.prompt}" for number, entry in enumerate(entries, 1))
    return (
        f"# {product.title_zh} · {product.title_en}\n\n{product.summary_zh}\n\n{product.summary_en}\n\n"
        f"{product.notes_zh}\n\n{names}\n\n> {MARK_ZH}\n>\n> {MARK_EN}\n"
    )
