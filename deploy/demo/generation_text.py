"""Generation parameters as each tool writes them into its pictures (DOMAIN: A1111, ComfyUI, Fooocus, NovelAI)."""

from __future__ import annotations

import json
import re

from deploy.demo.lora_files import lora_used
from deploy.demo.products import Sample

Node = dict[str, object]


def a1111_text(sample: Sample) -> str:
    """The text of the `parameters` chunk: prompt, negative prompt, and the line of settings."""
    settings = [
        f"Steps: {sample.steps}",
        f"Sampler: {sample.sampler}",
        f"Schedule type: {sample.schedule}",
        f"CFG scale: {sample.cfg:g}",
        f"Seed: {sample.seed}",
        f"Size: {sample.width}x{sample.height}",
        f"Model: {sample.model}",
    ]
    used = lora_used(sample.prompt)
    if used:
        settings.append(f'Lora hashes: "{used[0]}: {used[2]}"')
    lines = [sample.prompt]
    if sample.negative:
        lines.append(f"Negative prompt: {sample.negative}")
    return "\n".join([*lines, ", ".join([*settings, "Version: v1.10.1"])])


def comfyui_texts(sample: Sample, lora_name: str | None) -> dict[str, str]:
    """`prompt` (the graph that ran) and `workflow` (the same as its editor keeps it), both JSON."""
    graph = _graph(sample, lora_name)
    return {
        "prompt": json.dumps(graph, ensure_ascii=False),
        "workflow": json.dumps(_workflow(graph), ensure_ascii=False),
    }


def _graph(sample: Sample, lora_name: str | None) -> dict[str, Node]:
    source = "2" if lora_name else "1"
    graph = {
        "1": _node("CheckpointLoaderSimple", ckpt_name=f"{sample.model}.safetensors"),
        "3": _node("CLIPTextEncode", text=sample.prompt, clip=[source, 1]),
        "4": _node("CLIPTextEncode", text=sample.negative, clip=[source, 1]),
        "5": _node("EmptyLatentImage", width=sample.width, height=sample.height, batch_size=1),
        "6": _node(
            "KSampler",
            seed=sample.seed,
            steps=sample.steps,
            cfg=sample.cfg,
            sampler_name=sample.sampler,
            scheduler=sample.schedule,
            denoise=1.0,
            model=[source, 0],
            positive=["3", 0],
            negative=["4", 0],
            latent_image=["5", 0],
        ),
        "7": _node("VAEDecode", samples=["6", 0], vae=["1", 2]),
        "8": _node("SaveImage", filename_prefix="huafang-demo", images=["7", 0]),
    }
    if lora_name:
        graph["2"] = _node(
            "LoraLoader",
            lora_name=lora_name,
            strength_model=0.8,
            strength_clip=0.8,
            model=["1", 0],
            clip=["1", 1],
        )
    return graph


def _node(class_type: str, **inputs: object) -> Node:
    return {"class_type": class_type, "inputs": inputs, "_meta": {"title": class_type}}


def _workflow(graph: dict[str, Node]) -> dict[str, object]:
    links: list[list[object]] = []
    nodes = []
    for place, (number, node) in enumerate(sorted(graph.items())):
        inputs = node["inputs"]
        assert isinstance(inputs, dict)
        for slot, (name, value) in enumerate(inputs.items()):
            if isinstance(value, list):
                links.append([len(links) + 1, int(value[0]), value[1], int(number), slot, name.upper()])
        widgets = [value for value in inputs.values() if not isinstance(value, list)]
        pos = [60 + 320 * (place % 4), 80 + 260 * (place // 4)]
        nodes.append({"id": int(number), "type": node["class_type"], "pos": pos, "widgets_values": widgets})
    return {
        "last_node_id": max(int(number) for number in graph),
        "last_link_id": len(links),
        "nodes": nodes,
        "links": links,
        "groups": [],
        "version": 0.4,
    }


def fooocus_text(sample: Sample, lora: tuple[str, str] | None) -> str:
    """The JSON of Fooocus' `parameters`; `lora` is its file's name and hash."""
    return json.dumps(
        {
            "adm_guidance": "(1.5, 0.8, 0.3)",
            "base_model": sample.model,
            "base_model_hash": "",
            "clip_skip": 2,
            "full_prompt": [sample.prompt],
            "guidance_scale": sample.cfg,
            "loras": [[lora[0], 0.8, lora[1]]] if lora else [],
            "negative_prompt": sample.negative,
            "performance": "Speed",
            "prompt": sample.prompt,
            "resolution": f"({sample.width}, {sample.height})",
            "sampler": sample.sampler,
            "scheduler": sample.schedule,
            "seed": str(sample.seed),
            "sharpness": 2.0,
            "steps": sample.steps,
            "styles": "[]",
            "vae": "Default (model)",
            "version": "Fooocus v2.5.5",
        },
        ensure_ascii=False,
    )


def novelai_texts(sample: Sample) -> dict[str, str]:
    """The text chunks in NovelAI's manner."""
    comment = {
        "prompt": sample.prompt,
        "steps": sample.steps,
        "height": sample.height,
        "width": sample.width,
        "scale": sample.cfg,
        "seed": sample.seed,
        "sampler": sample.sampler,
        "noise_schedule": sample.schedule,
        "uc": sample.negative,
    }
    source = re.sub(r"[^A-Za-z0-9 .]", " ", sample.model)
    return {
        "Title": "NovelAI generated image",
        "Description": sample.prompt,
        "Software": "NovelAI",
        "Source": f"{source} 00DE0000",
        "Comment": json.dumps(comment, ensure_ascii=False),
    }
