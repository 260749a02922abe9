"""The label in a Markdown text: an entry `AIGC` of the YAML block at its top, as seen in the wild."""

import json
import re
from collections.abc import Mapping

from shared.files.labels.aigc import AigcLabel

_BLOCK = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_BLOCK_LIMIT = 64 * 1024
_NESTED = re.compile(r"^[ \t]+([A-Za-z0-9_.]+):[ \t]*(.*?)[ \t]*$")


def read_front_matter_label(text: str) -> AigcLabel | None:
    """The label of the text's front matter, as a JSON object on one line or as nested lines; None where there is
    none.
    """
    entry = entries_of(text).get("AIGC")
    return None if entry is None else AigcLabel.from_json(entry)


def write_front_matter_label(text: str, label: AigcLabel) -> str:
    """The text with this label in its front matter, in place of its own; everything else stays as it is."""
    return with_entries(text, {"AIGC": label.to_json()})


def entries_of(text: str) -> dict[str, str]:
    """The top-level entries of the front matter, each as JSON text: what is nested one level deep becomes an
    object of texts. A subset of YAML that no text can make fail.
    """
    match = _BLOCK.match(text[:_BLOCK_LIMIT])
    if match is None:
        return {}
    found: dict[str, str] = {}
    nested: dict[str, dict[str, str]] = {}
    key = ""
    for line in match[1].splitlines():
        inner = _NESTED.match(line)
        if inner and key in nested:
            nested[key][inner[1]] = _plain(inner[2])
        elif line[:1] not in {" ", "\t", "#", ""} and ":" in line:
            key, _, value = (part.strip() for part in line.partition(":"))
            if value:
                found[key] = value
            else:
                nested[key] = {}
    return found | {name: json.dumps(inner, ensure_ascii=False) for name, inner in nested.items() if inner}


def body_of(text: str) -> str:
    """The text behind its front matter."""
    match = _BLOCK.match(text)
    return text[match.end() :] if match else text


def with_entries(text: str, entries: Mapping[str, str]) -> str:
    """The text with these entries at the top of its front matter (values are JSON, which is YAML too), earlier
    ones of the same name left out, all other lines kept.
    """
    match = _BLOCK.match(text)
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    newline = "\r\n" if "\r\n" in text[:4096] else "\n"
    lines = match[1].splitlines() if match else []
    rest = text[match.end() :] if match else text.removeprefix("\ufeff")
    block = [f"{name}: {value}" for name, value in entries.items()] + _without(lines, entries)
    return mark + newline.join(["---", *block, "---", ""]) + rest


def _without(lines: list[str], names: Mapping[str, str]) -> list[str]:
    kept, dropping = [], False
    for line in lines:
        if line[:1] not in {" ", "\t"}:
            dropping = line.partition(":")[0].strip() in names
        if not dropping:
            kept.append(line)
    return kept


def _plain(value: str) -> str:
    if value[:1] == '"':
        try:
            return str(json.loads(value))
        except (ValueError, RecursionError):
            return value.strip('"')
    if value[:1] == "'":
        return value.strip("'").replace("''", "'")
    return value
