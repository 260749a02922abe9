"""Trigger words: what to write in a prompt so that the adapter shows."""

from collections.abc import Mapping
from typing import Any

from shared.files.privacy import clean_text, is_private
from shared.files.safetensors.training import json_within

LIMIT = 10
_WORD_LIMIT = 100
# On nearly every picture of its kind, so they call nothing in particular: named last.
_COMMON = frozenset({"1girl", "1boy", "solo", "looking at viewer", "simple background", "white background"})


def trigger_words(metadata: Mapping[str, str]) -> tuple[str, ...]:
    """At most ten suggestions, best first: ModelSpec's trigger phrase; else, of each training folder, the tags on
    all of its captions, or the most frequent one where no tag is on all. Never raises.
    """
    stated = [_word(part) for part in metadata.get("modelspec.trigger_phrase", "")[:2000].split(",")]
    if any(stated):
        return tuple(dict.fromkeys(word for word in stated if word))[:LIMIT]
    return _from_frequencies(metadata)


def _from_frequencies(metadata: Mapping[str, str]) -> tuple[str, ...]:
    frequencies = json_within(metadata.get("ss_tag_frequency", ""))
    if not isinstance(frequencies, dict):
        return ()
    images = _images(json_within(metadata.get("ss_dataset_dirs", "")))
    found: dict[str, int] = {}
    for folder, tags in frequencies.items():
        for word, count in _of_folder(tags, images.get(folder)):
            found[word] = max(count, found.get(word, 0))
    ordered = sorted(found, key=lambda word: (word in _COMMON, -found[word], word))
    return tuple(ordered[:LIMIT])


def _of_folder(tags: Any, captions: int | None) -> list[tuple[str, int]]:
    if not isinstance(tags, dict):
        return []
    counts = [(_word(tag), count) for tag, count in tags.items() if isinstance(count, int) and count > 0]
    counts = [(word, count) for word, count in counts if word]
    if not counts:
        return []
    full = [(word, count) for word, count in counts if captions and count == captions]
    if full:
        return full
    highest = max(count for _, count in counts)
    return [(word, count) for word, count in counts if count == highest]


def _images(folders: Any) -> dict[str, int]:
    if not isinstance(folders, dict):
        return {}
    return {
        name: facts["img_count"]
        for name, facts in folders.items()
        if isinstance(facts, dict) and isinstance(facts.get("img_count"), int)
    }


def _word(text: str) -> str:
    word = clean_text(text, _WORD_LIMIT + 1)
    return "" if len(word) > _WORD_LIMIT or is_private(word) else word
