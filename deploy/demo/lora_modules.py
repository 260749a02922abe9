"""The modules a LoRA trains, by base model: real tensor names with their real widths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product


@dataclass(frozen=True)
class Module:
    """One adapted layer: `inside` is what it reads, `outside` what it gives."""

    name: str
    inside: int
    outside: int


@dataclass(frozen=True)
class Architecture:
    """How files for one base model are named: `peft` ones say lora_A and lora_B, kohya's lora_down, lora_up."""

    version: str
    modelspec: str
    network: str
    resolution: int
    peft: bool = False


ARCHITECTURES: dict[str, Architecture] = {
    "sd-1.5": Architecture("sd_v1", "stable-diffusion-v1/lora", "networks.lora", 512),
    "sdxl-1.0": Architecture("sdxl_base_v1-0", "stable-diffusion-xl-v1-base/lora", "networks.lora", 1024),
    "illustrious": Architecture("sdxl_base_v1-0", "stable-diffusion-xl-v1-base/lora", "networks.lora", 1024),
    "pony": Architecture("sdxl_base_v1-0", "stable-diffusion-xl-v1-base/lora", "networks.lora", 1024),
    "flux.1-s": Architecture("flux1", "flux-1-schnell/lora", "networks.lora_flux", 1024),
    "flux.1-d": Architecture("flux1", "flux-1-dev/lora", "networks.lora_flux", 1024),
    "qwen": Architecture("qwen-image", "qwen-image/lora", "networks.lora_qwen_image", 1024, peft=True),
    "zimage-turbo": Architecture("z-image", "z-image/lora", "networks.lora_zimage", 1024, peft=True),
    "other": Architecture("custom-merge", "custom-merge/lora", "networks.lora", 1024),
}


def modules_for(base_model: str) -> Iterator[Module]:
    """The layers of a base model, those that matter most first; more than a demo file will hold."""
    if base_model == "sd-1.5":
        return _stable_diffusion_1()
    if base_model.startswith("flux"):
        return _flux()
    if base_model == "qwen":
        return _transformer("transformer.transformer_blocks", "attn", 60, 3072)
    if base_model == "zimage-turbo":
        return _transformer("diffusion_model.layers", "attention", 30, 3840)
    return _stable_diffusion_xl()


def _stable_diffusion_1() -> Iterator[Module]:
    for layer, part in product(range(2), ("q", "k", "v")):
        yield Module(f"lora_te_text_model_encoder_layers_{layer}_self_attn_{part}_proj", 768, 768)
    for (block, wide), which in product(((1, 640), (2, 1280)), range(2)):
        stem = f"lora_unet_down_blocks_{block}_attentions_{which}_transformer_blocks_0"
        yield from _attention(stem, wide, 768)


def _stable_diffusion_xl() -> Iterator[Module]:
    yield Module("lora_te1_text_model_encoder_layers_0_self_attn_q_proj", 768, 768)
    yield Module("lora_te2_text_model_encoder_layers_0_self_attn_q_proj", 1280, 1280)
    for (block, wide), depth in product((("input_blocks_4_1", 640), ("input_blocks_7_1", 1280)), range(2)):
        yield from _attention(f"lora_unet_{block}_transformer_blocks_{depth}", wide, 2048)


def _attention(stem: str, wide: int, context: int) -> Iterator[Module]:
    for part in ("to_k", "to_v"):
        yield Module(f"{stem}_attn2_{part}", context, wide)
    for part in ("to_q", "to_k", "to_v", "to_out_0"):
        yield Module(f"{stem}_attn1_{part}", wide, wide)


def _flux() -> Iterator[Module]:
    for block in range(19):
        yield Module(f"lora_unet_double_blocks_{block}_img_attn_qkv", 3072, 9216)
        yield Module(f"lora_unet_double_blocks_{block}_img_attn_proj", 3072, 3072)
        yield Module(f"lora_unet_double_blocks_{block}_txt_attn_proj", 3072, 3072)


def _transformer(stem: str, attention: str, depth: int, wide: int) -> Iterator[Module]:
    for block, part in product(range(depth), ("to_q", "to_k", "to_v", "to_out.0")):
        yield Module(f"{stem}.{block}.{attention}.{part}", wide, wide)
