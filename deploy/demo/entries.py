"""Entries of the dictionaries and presets: groups of lines, `中文 | prompt | use`, under `# 组 | group`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

ENTRIES = Path(__file__).parent / "entries"


@dataclass(frozen=True)
class Entry:
    """One line; what the third field is, a use or a negative prompt, its reader knows."""

    group_zh: str
    group_en: str
    zh: str
    prompt: str
    third: str
    fourth: str = ""


@cache
def read_entries(name: str) -> tuple[Entry, ...]:
    """Every entry of `entries/<name>.txt` in order; raises `ValueError` for a line of another shape."""
    group, found = ("", ""), []
    for line in (ENTRIES / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            zh, en = line[2:].split(" | ")
            group = (zh, en)
        elif line:
            fields = line.split(" | ")
            if len(fields) not in (3, 4):
                raise ValueError(f"{name}: {line}")
            found.append(Entry(*group, *fields))
    return tuple(found)
