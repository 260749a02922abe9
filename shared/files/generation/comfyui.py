"""ComfyUI's graph: the settings of its main sampler, found by walking the links backwards, each node once."""

import json
from collections import deque
from collections.abc import Iterator
from typing import Any

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

JSON_LIMIT = 2 * 1024 * 1024
NODES_LIMIT = 2000
_TEXTS = ("text", "text_g", "text_l", "clip_l", "t5xxl", "prompt", "string", "value", "populated_text", "positive")
_MODELS = ("ckpt_name", "unet_name", "model_name", "base_ckpt_name")
# A prompt is not looked for behind these: they lead to the weights or to other pictures.
_NO_TEXT_BEHIND = frozenset({"clip", "model", "vae", "image", "pixels", "samples", "latent_image", "control_net"})

Inputs = dict[str, Any]


def parse_graph(text: str) -> GenerationParameters | None:
    """The parameters in the API graph of a chunk `prompt`, or None where no sampler is in it. Never raises; a
    graph of more than 2,000 nodes or 2 MB is not read.
    """
    if len(text) > JSON_LIMIT:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    graph = _Graph(value)
    sampler = graph.main_sampler()
    return None if sampler is None else _parameters(graph, sampler)


class _Graph:
    def __init__(self, value: Any) -> None:
        nodes = value.items() if isinstance(value, dict) and len(value) <= NODES_LIMIT else ()
        self.nodes: dict[str, Inputs] = {
            str(name): node["inputs"]
            for name, node in nodes
            if isinstance(node, dict) and isinstance(node.get("inputs"), dict)
        }

    def main_sampler(self) -> Inputs | None:
        """The sampler that makes most of the picture: a second pass refines with less than full noise."""
        samplers = [inputs for inputs in self.nodes.values() if _is_sampler(inputs)]
        return max(samplers, key=lambda inputs: real_number(inputs.get("denoise", 1.0)) or 0, default=None)

    def target(self, value: Any) -> Inputs | None:
        """The node that a link [node, output] comes from."""
        if isinstance(value, list) and len(value) == 2 and isinstance(value[0], str | int):
            return self.nodes.get(str(value[0]))
        return None

    def upstream(self, start: Inputs, without: frozenset[str] = frozenset()) -> Iterator[Inputs]:
        """The node and all it depends on, nearest first, not through the inputs named in `without`."""
        seen, waiting = {id(start)}, deque([start])
        while waiting:
            inputs = waiting.popleft()
            yield inputs
            for name, value in inputs.items():
                node = None if name in without else self.target(value)
                if node is not None and id(node) not in seen:
                    seen.add(id(node))
                    waiting.append(node)

    def first(self, start: Inputs, *names: str) -> Any:
        """The nearest plain value under one of these names."""
        for inputs in self.upstream(start):
            for name in names:
                if isinstance(inputs.get(name), str | int | float):
                    return inputs[name]
        return None


def _is_sampler(inputs: Inputs) -> bool:
    return {"steps", "cfg"} <= inputs.keys() or {"sampler", "sigmas"} <= inputs.keys()


def _parameters(graph: _Graph, sampler: Inputs) -> GenerationParameters:
    guide = _guide(graph, sampler)
    weights = graph.target(guide.get("model")) or sampler
    latent = graph.target(sampler.get("latent_image")) or graph.target(sampler.get("samples")) or sampler
    seed = graph.first(sampler, "seed", "noise_seed")
    return GenerationParameters(
        generator="ComfyUI",
        prompt=_prompt(graph, guide, "positive", "conditioning"),
        negative_prompt=_prompt(graph, guide, "negative"),
        steps=whole_number(graph.first(sampler, "steps")),
        sampler=name_text(graph.first(sampler, "sampler_name")),
        scheduler=name_text(graph.first(sampler, "scheduler")),
        cfg=real_number(graph.first(sampler, "cfg", "guidance")),
        seed=whole_number(seed),
        width=pixels(graph.first(latent, "width")),
        height=pixels(graph.first(latent, "height")),
        model=name_text(graph.first(weights, *_MODELS)),
        loras=_loras(graph, weights),
    )


def _guide(graph: _Graph, sampler: Inputs) -> Inputs:
    """The node that joins model and prompts: the sampler itself, or the guider in front of it."""
    for inputs in graph.upstream(sampler):
        if "positive" in inputs or "conditioning" in inputs:
            return inputs
    return sampler


def _prompt(graph: _Graph, guide: Inputs, *sides: str) -> str:
    side = next((name for name in sides if name in guide), "")
    start = graph.target(guide.get(side))
    if start is None:
        return ""
    # A node that carries both sides through (ControlNet) is left by the side it was entered for.
    other = {"positive": "negative", "negative": "positive"}.get(side, "negative")
    texts: list[str] = []
    for inputs in graph.upstream(start, _NO_TEXT_BEHIND | {other}):
        texts += [text for name in _TEXTS if (text := prompt_text(inputs.get(name)))]
    return prompt_text(", ".join(dict.fromkeys(texts)))


def _loras(graph: _Graph, weights: Inputs) -> tuple[LoraUse, ...]:
    found: dict[str, LoraUse] = {}
    for inputs in graph.upstream(weights):
        for name, value in inputs.items():
            use = _lora(name, value, inputs)
            if use and len(found) < LORAS_LIMIT:
                found.setdefault(use.name, use)
    return tuple(found.values())


def _lora(name: str, value: Any, inputs: Inputs) -> LoraUse | None:
    if isinstance(value, dict) and value.get("on", True) and (text := name_text(value.get("lora"))):
        return LoraUse(text, weight=real_number(value.get("strength")))
    text = name_text(value) if name.startswith("lora_name") else None
    if text is None or text == "None":
        return None
    number = name.removeprefix("lora_name")
    strengths = ("strength_model", f"model_str{number}", f"lora_wt{number}", "strength")
    return LoraUse(text, weight=next((real_number(inputs[key]) for key in strengths if key in inputs), None))
