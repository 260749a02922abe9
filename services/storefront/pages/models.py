"""What is told of a LoRA: its base model, trigger words, and the facts its header gave."""

from collections.abc import Mapping
from typing import Any

from services.storefront.pages.words import gettext as _

# The base models people ask about most, for "will it run on mine"; catalog knows more and names its own.
BASE_MODELS = {
    "sd-1.5": "SD 1.5",
    "sdxl-1.0": "SDXL 1.0",
    "pony": "Pony",
    "illustrious": "Illustrious",
    "noobai": "NoobAI",
    "sd-3.5-large": "SD 3.5 Large",
    "flux.1-d": "Flux.1 D",
    "flux.1-s": "Flux.1 S",
    "qwen": "Qwen Image",
    "zimage-turbo": "Z-Image Turbo",
}
MOST_WORDS = 12


def base_model_name(model: Any) -> str:
    """The name of a base model, given as a key or as {key, name}."""
    if isinstance(model, Mapping):
        return str(model.get("name") or model.get("key") or "")
    return BASE_MODELS.get(str(model), str(model))


def base_model_key(model: Any) -> str:
    return str(model.get("key") or "") if isinstance(model, Mapping) else str(model or "")


def base_model_options(product: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Base models to choose from, the product's own first."""
    own = base_model_key(product.get("base_model"))
    listed = {own: base_model_name(product["base_model"])} if own else {}
    return list((listed | {key: name for key, name in BASE_MODELS.items() if key not in listed}).items())


def trigger_words(version: Mapping[str, Any]) -> list[str]:
    """The words that call the style up, from the version or its first file."""
    sources = [version, version.get("facts") or {}]
    sources += [file.get("facts") or {} for file in version.get("files") or []]
    for source in sources:
        words = source.get("trigger_words") or []
        if words:
            return [str(word.get("word") if isinstance(word, Mapping) else word) for word in words][:MOST_WORDS]
    return []


def lora_facts(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Facts of the file header that are worth a line, in words."""
    training = facts.get("training") or {}
    named = [
        (facts.get("rank"), _("秩")),
        (facts.get("alpha"), "Alpha"),
        (facts.get("dtype"), _("数值精度")),
        (facts.get("layout"), _("格式")),
        (training.get("steps"), _("训练步数")),
        (training.get("epochs"), _("训练轮数")),
        (training.get("images"), _("训练图片")),
        (training.get("resolution"), _("训练分辨率")),
        (training.get("clip_skip"), "Clip skip"),
    ]
    return [(words, _plainly(value)) for value, words in named if value not in (None, "", [], {})]


def _plainly(value: Any) -> str:
    """`[1024, 1024]` as 1024 × 1024, `16.0` as 16."""
    if isinstance(value, list | tuple):
        return " × ".join(_plainly(one) for one in value)
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def generation_facts(generation: Mapping[str, Any]) -> list[tuple[str, str]]:
    """How a picture was made, beside its prompts, in words."""
    width, height = generation.get("width"), generation.get("height")
    loras = [f"{one.get('name')} {one.get('weight')}" for one in generation.get("loras") or []]
    named = [
        (generation.get("model"), _("模型")),
        ("、".join(loras), "LoRA"),
        (generation.get("sampler"), _("采样器")),
        (generation.get("scheduler"), _("调度器")),
        (generation.get("steps"), _("步数")),
        (generation.get("cfg"), "CFG"),
        (generation.get("seed"), _("种子")),
        (f"{width} × {height}" if width and height else None, _("尺寸")),
        (generation.get("clip_skip"), "Clip skip"),
        (generation.get("generator"), _("工具")),
    ]
    return [(words, _plain(value)) for value, words in named if value not in (None, "", [], {})]


def _plain(value: Any) -> str:
    """8.0 as 8, [512, 512] as 512 × 512."""
    if isinstance(value, list):
        return " × ".join(map(_plain, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
