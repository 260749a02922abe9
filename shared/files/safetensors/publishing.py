"""The metadata of a model file as others may see it: without its maker's folders, paths and unchecked pictures."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from shared.files.privacy import base_name, clean_text, is_private, mask_private
from shared.files.safetensors.training import json_within
from shared.files.traces import AIGC

_VALUE_LIMIT = 1024 * 1024
_DEPTH_LIMIT = 20
# Pictures in the header would reach buyers past moderation; ComfyUI's whole graph tells far too much.
_DROPPED = frozenset({"ssmd_cover_images", "modelspec.thumbnail", "prompt", "workflow"})
_FILE_NAMES = frozenset({"ss_sd_model_name", "ss_vae_name"})
_BY_FOLDER = ("ss_dataset_dirs", "ss_reg_dataset_dirs", "ss_tag_frequency")
_STRUCTURED = frozenset({"ss_datasets", "ss_bucket_info", "ss_network_args"})
_FOLDER_FIELDS = frozenset({"image_dir", "conditioning_data_dir", "metadata_file", "cache_dir", "control_directory"})
# Without these, tools cannot load or convert the file (kohya's own minimum).
MINIMUM = frozenset(
    {
        "ss_v2",
        "ss_base_model_version",
        "ss_network_module",
        "ss_network_dim",
        "ss_network_alpha",
        "ss_network_args",
    }
)


def published_metadata(metadata: Mapping[str, str]) -> dict[str, str]:
    """The metadata fit for buyers and for the page.

    Folder names become `dataset_1`, ..., the same in every value; paths of base files shrink to the file's name;
    paths, keys and mail addresses in any other text are masked; embedded pictures and workflows are left out. What
    loading needs (MINIMUM) stays. Deterministic, and publishing twice changes nothing more.
    """
    rename = _Folders()
    published: dict[str, str] = {}
    for key, value in metadata.items():
        if key in _DROPPED or len(value) > _VALUE_LIMIT * 4 or len(key) > 200 or is_private(key):
            continue
        shown = _publish(key, value, rename)
        if shown is not None:
            published[clean_text(key, 200)] = shown
    return published


class _Folders:
    """One neutral name for each folder, in the order in which they are met."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def __call__(self, folder: str) -> str:
        return self._names.setdefault(folder, f"dataset_{len(self._names) + 1}")


def _publish(key: str, value: str, rename: _Folders) -> str | None:
    if key == AIGC:
        return value  # a producer's label is kept as found: measures for labelling, article 10
    if key in _FILE_NAMES:
        return mask_private(base_name(clean_text(value, 1000)))
    if key in _BY_FOLDER:
        folders = json_within(value)
        if not isinstance(folders, dict):
            return None
        return _dump({rename(name): _walk(content, rename) for name, content in folders.items()})
    if key in _STRUCTURED:
        content = json_within(value)
        return None if content is None else _dump(_walk(content, rename))
    return mask_private(clean_text(value, _VALUE_LIMIT))


def _walk(value: Any, rename: _Folders, depth: int = 0) -> Any:
    if depth > _DEPTH_LIMIT:
        return None
    if isinstance(value, dict):
        return {
            mask_private(clean_text(key, 500)): _field(key, content, rename, depth) for key, content in value.items()
        }
    if isinstance(value, list):
        return [_walk(item, rename, depth + 1) for item in value]
    return _text(value)


def _field(key: str, content: Any, rename: _Folders, depth: int) -> Any:
    if key in _FOLDER_FIELDS:
        return rename(content) if isinstance(content, str) else None
    if key == "tag_frequency" and isinstance(content, dict):
        return {rename(folder): _walk(tags, rename, depth + 1) for folder, tags in content.items()}
    return _walk(content, rename, depth + 1)


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    cleaned = clean_text(value, 10_000)
    return base_name(cleaned) if is_private(cleaned) and _is_path(cleaned) else mask_private(cleaned)


def _is_path(text: str) -> bool:
    return "\n" not in text and (text[:1] in "/~\\" or text[1:2] == ":")


_dump: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
