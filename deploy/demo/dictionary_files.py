"""Prompt dictionaries as CSV, JSON, Markdown or PDF, each saying what it is."""

from __future__ import annotations

import csv
import io
import json
from itertools import groupby
from pathlib import Path

from deploy.demo.entries import Entry, read_entries
from deploy.demo.pdf import HEIGHT, Page, build_pdf
from deploy.demo.pictures import draw
from deploy.demo.products import MARK_EN, MARK_ZH, DemoProduct

_SUFFIXES = {"csv": ".csv", "json": ".json", "markdown": ".md", "pdf": ".pdf"}


def dictionary_file_name(product: DemoProduct) -> str:
    """The file's name."""
    return f"{product.key}{_SUFFIXES[product.format or '']}"


def write_dictionary(product: DemoProduct, path: Path) -> None:
    """Writes the dictionary in its product's format; the same bytes every time."""
    entries = read_entries(product.entries or "")
    makers = {"csv": _csv, "json": _json, "markdown": _markdown, "pdf": _pdf}
    path.write_bytes(makers[product.format or ""](product, entries))


def _csv(_product: DemoProduct, entries: tuple[Entry, ...]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["分类", "category", "prompt", "中文", "什么时候用"])
    writer.writerows([entry.group_zh, entry.group_en, entry.prompt, entry.zh, entry.third] for entry in entries)
    writer.writerow(["说明", "about", "", "演示", MARK_ZH])
    return text.getvalue().encode()


def _json(product: DemoProduct, entries: tuple[Entry, ...]) -> bytes:
    groups = [
        {
            "zh": zh,
            "en": en,
            "entries": [{"zh": entry.zh, "prompt": entry.prompt, "use": entry.third} for entry in group],
        }
        for (zh, en), group in groupby(entries, key=_group)
    ]
    document = {
        "title": {"zh": product.title_zh, "en": product.title_en},
        "about": {"zh": MARK_ZH, "en": MARK_EN},
        "groups": groups,
    }
    return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"


def _markdown(product: DemoProduct, entries: tuple[Entry, ...]) -> bytes:
    lines = [f"# {product.title_zh} · {product.title_en}", "", product.summary_zh, "", f"> {MARK_ZH}", ""]
    for (zh, en), group in groupby(entries, key=_group):
        lines += [f"## {zh} · {en}", "", "| 中文 | prompt | 用处 |", "| --- | --- | --- |"]
        lines += [f"| {entry.zh} | {entry.prompt} | {entry.third} |" for entry in group]
        lines.append("")
    return "\n".join(lines).encode()


def _group(entry: Entry) -> tuple[str, str]:
    return entry.group_zh, entry.group_en


def _pdf(product: DemoProduct, entries: tuple[Entry, ...]) -> bytes:
    sample = product.samples[0]
    cover = draw(sample.kind, sample.picture_seed, 840, 800)
    first = Page()
    first.picture(0, 400)
    first.text(36, 448, 21, product.title_zh)
    first.text(36, 472, 11, product.title_en, 0.4)
    first.text(36, 500, 9, f"{product.author.name_zh} · {product.author.name_en}", 0.4)
    pages, y = [first], HEIGHT
    for place, ((zh, en), group) in enumerate(groupby(entries, key=_group)):
        heading = True
        for entry in group:
            if y > HEIGHT - 66 or (heading and y > HEIGHT - 110):
                pages.append(_numbered(Page(), len(pages) + 1))
                y = 56
            if heading:
                y += 10 if place and y > 56 else 0
                pages[-1].text(36, y, 13, f"{zh}  {en}")
                pages[-1].rule(y + 7)
                y, heading = y + 26, False
            pages[-1].text(36, y, 10, entry.zh)
            pages[-1].text(122, y, 9, entry.prompt, 0.2)
            pages[-1].text(322, y, 8, entry.third, 0.45)
            y += 19
    return build_pdf(pages, cover, product.title_zh, MARK_EN)


def _numbered(page: Page, number: int) -> Page:
    page.text(36, HEIGHT - 24, 6.5, MARK_ZH, 0.55)
    page.text(378, HEIGHT - 24, 8, str(number), 0.45)
    return page
