"""NovelAI, Fooocus and InvokeAI: read by sd-parsers, completed where it drops what it has read."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from sd_parsers.parsers import FooocusParser, InvokeAIParser, NovelAIParser

from shared.files.generation.parameters import (
    LORAS_LIMIT,
    GenerationParameters,
    LoraUse,
    name_text,
    pixels,
    prompt_text,
    real_number,
    whole_number,
)

_JSON_LIMIT = 2 * 1024 * 1024
_PARSERS = {
    "NovelAI": (NovelAIParser(), frozenset({"Comment", "Description", "Source"})),
    "Fooocus": (FooocusParser(), frozenset({"parameters"})),
    "InvokeAI": (InvokeAIParser(), frozenset({"sd-metadata", "Dream", "invokeai_metadata", "invokeai_graph"})),
}
_SIDES = re.compile(r"(\d{1,6})\s*[,x×]\s*(\d{1,6})")


def parse_with_library(generator: str, texts: Mapping[str, str]) -> GenerationParameters | None:
    """The parameters that `generator` ("NovelAI", "Fooocus", "InvokeAI") wrote into these text chunks, or None.
    Never raises.
    """
    parser, keys = _PARSERS[generator]
    own = {key: text for key, text in texts.items() if key in keys and len(text) <= _JSON_LIMIT}
    try:
        found = parser.parse(dict(own))
        sampler = found.samplers[0]
        settings = {**found.metadata, **sampler.parameters}
        prompts = _joined(sampler.prompts), _joined(sampler.negative_prompts)
        model = sampler.model
    except Exception:  # the library raises whatever a hostile text provokes
        return None
    said = {**_said(own), **settings}
    width, height = _size(said)
    name, scheduler = name_text(sampler.name), name_text(said.get("scheduler") or said.get("noise_schedule"))
    return GenerationParameters(
        generator=generator,
        prompt=prompt_text(prompts[0]),
        negative_prompt=prompt_text(prompts[1]),
        steps=whole_number(said.get("steps")),
        sampler=name,
        scheduler=scheduler if scheduler != name else None,
        cfg=real_number(said.get("cfg_scale")),
        seed=whole_number(said.get("seed")),
        width=width,
        height=height,
        model=name_text(model.name) if model else _model(said, "name", "model_name"),
        model_hash=name_text(model.hash) if model and model.hash else _model(said, "hash"),
        loras=_loras(said),
        clip_skip=whole_number(said.get("clip_skip"), 100),
    )


def _joined(prompts: Iterable[Any]) -> str:
    return ", ".join(prompt.value for prompt in prompts if isinstance(prompt.value, str))


def _said(texts: Mapping[str, str]) -> dict[str, Any]:
    """The decoded JSON itself: the library takes the model and what it does not know out of it."""
    for key in ("invokeai_metadata", "parameters", "Comment"):
        try:
            value = json.loads(texts.get(key, ""))
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict):
            return value
    return {}


def _size(said: Mapping[str, Any]) -> tuple[int | None, int | None]:
    match = _SIDES.search(str(said.get("resolution", ""))[:100])
    if match:
        return pixels(match[1]), pixels(match[2])
    return pixels(said.get("width")), pixels(said.get("height"))


def _model(said: Mapping[str, Any], *names: str) -> str | None:
    model = said.get("model")
    if not isinstance(model, dict):
        return None
    return next((text for name in names if (text := name_text(model.get(name)))), None)


def _loras(said: Mapping[str, Any]) -> tuple[LoraUse, ...]:
    listed = said.get("loras")
    uses = [_lora(item) for item in listed[:LORAS_LIMIT]] if isinstance(listed, list) else []
    # Fooocus: "lora_combined_1": "name.safetensors : 0.5"
    for key, value in list(said.items())[:1000]:
        if str(key).startswith("lora_combined") and isinstance(value, str) and " : " in value:
            name, _, weight = value.rpartition(" : ")
            uses.append(_named(name, None, weight))
    return tuple(use for use in uses[:LORAS_LIMIT] if use)


def _lora(item: Any) -> LoraUse | None:
    if isinstance(item, list) and len(item) >= 2:
        return _named(item[0], item[2] if len(item) > 2 else None, item[1])
    if not isinstance(item, dict):
        return None
    model = item.get("model", item.get("lora"))
    if isinstance(model, dict):
        return _named(model.get("name") or model.get("model_name"), model.get("hash"), item.get("weight"))
    return None


def _named(name: object, value: object, weight: object) -> LoraUse | None:
    clean = name_text(name)
    return LoraUse(clean, name_text(value), real_number(weight)) if clean else None
