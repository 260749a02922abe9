"""LoRA files for the demo: real headers and shapes, seeded random numbers where training would have been."""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from deploy.demo.lora_modules import ARCHITECTURES, Architecture, Module, modules_for
from deploy.demo.packs import iter_products
from deploy.demo.products import MARK_EN, DemoProduct, LoraPlan

# A first start stays quick: a few layers are kept, each of its true shape.
BODY_BYTES = 1_250_000
_STARTED = 1_767_200_400
_LORA_TAG = re.compile(r"<lora:([^:>]+):([\d.]+)>")

Tensor = npt.NDArray[np.float16]


def lora_file_name(product: DemoProduct, version: int) -> str:
    """The file's name; `version` counts from 0."""
    return f"{product.key}-v{product.versions[version].label}.safetensors"


def write_lora(product: DemoProduct, version: int, path: Path) -> None:
    """Writes the version's file; the same bytes every time. Raises `ValueError` for what is no LoRA."""
    tensors = _tensors(product, version)
    body = b"".join(tensor.tobytes() for tensor in tensors.values())
    header: dict[str, object] = {"__metadata__": _metadata(product, version, body)}
    offset = 0
    for name, tensor in tensors.items():
        end = offset + tensor.nbytes
        header[name] = {"dtype": "F16", "shape": list(tensor.shape), "data_offsets": [offset, end]}
        offset = end
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(len(text).to_bytes(8, "little") + text + body)


@cache
def lora_hash(product: DemoProduct, version: int) -> str:
    """AutoV3 as it stands in generation texts: the first 12 hex digits, lower case, of the body's SHA-256."""
    return _body_sha256(_tensors(product, version))[:12]


def lora_used(text: str) -> tuple[str, str, str] | None:
    """Name, weight and hash of the demo LoRA that a prompt calls by its tag, if it calls one."""
    found = _LORA_TAG.search(text)
    if not found:
        return None
    name, weight = found.groups()
    owner = next(product for product in iter_products() if product.lora and output_name(product) == name)
    return name, weight, lora_hash(owner, len(owner.versions) - 1)


def output_name(product: DemoProduct) -> str:
    """The name its prompts call it by, which trainers keep as `ss_output_name`."""
    tags = (_LORA_TAG.search(sample.prompt) for sample in product.samples)
    return next((found.group(1) for found in tags if found), product.key)


def _plan(product: DemoProduct) -> tuple[LoraPlan, str]:
    if product.lora is None or product.base_model is None:
        raise ValueError(f"{product.key} is no LoRA")
    return product.lora, product.base_model


def _tensors(product: DemoProduct, version: int) -> dict[str, Tensor]:
    plan, base_model = _plan(product)
    rng = np.random.default_rng([zlib.crc32(product.key.encode()), version])
    peft = ARCHITECTURES[base_model].peft
    down, up = ("lora_A", "lora_B") if peft else ("lora_down", "lora_up")
    tensors: dict[str, Tensor] = {}
    for module in _within_budget(base_model, plan.rank):
        if not peft:
            tensors[f"{module.name}.alpha"] = np.asarray(plan.alpha, dtype=np.float16)
        tensors[f"{module.name}.{down}.weight"] = _weights(rng, plan.rank, module.inside, module.inside**-0.5)
        tensors[f"{module.name}.{up}.weight"] = _weights(rng, module.outside, plan.rank, 0.012)
    return dict(sorted(tensors.items()))


def _within_budget(base_model: str, rank: int) -> Iterator[Module]:
    total = 0
    for module in modules_for(base_model):
        total += 2 * rank * (module.inside + module.outside)
        if total > BODY_BYTES:
            return
        yield module


def _weights(rng: np.random.Generator, rows: int, columns: int, scale: float) -> Tensor:
    values = rng.standard_normal((rows, columns), dtype=np.float32) * np.float32(scale)
    return values.astype(np.float16)


def _body_sha256(tensors: dict[str, Tensor]) -> str:
    digest = hashlib.sha256()
    for tensor in tensors.values():
        digest.update(tensor.tobytes())
    return digest.hexdigest()


def _metadata(product: DemoProduct, version: int, body: bytes) -> dict[str, str]:
    plan, base_model = _plan(product)
    architecture = ARCHITECTURES[base_model]
    digest = hashlib.sha256(body).hexdigest()
    started = _STARTED + zlib.crc32(product.key.encode()) % 8_000_000 + version * 2_600_000
    finished = started + plan.images * plan.repeats * plan.epochs * 2
    return {
        **_training(product, plan, architecture),
        **_dataset(plan),
        "ss_session_id": str(zlib.crc32(f"{product.key}/{version}".encode())),
        "ss_training_started_at": f"{started}.0",
        "ss_training_finished_at": f"{finished}.0",
        "sshs_model_hash": digest,
        "sshs_legacy_hash": hashlib.sha256(body[0x100000:0x110000]).hexdigest()[:8],
        "modelspec.sai_model_spec": "1.0.1",
        "modelspec.architecture": architecture.modelspec,
        "modelspec.implementation": "diffusers" if architecture.peft else "https://github.com/kohya-ss/sd-scripts",
        "modelspec.title": product.title_en,
        "modelspec.author": product.author.name_en,
        "modelspec.description": f"{product.summary_en} {MARK_EN}",
        "modelspec.date": datetime.fromtimestamp(finished, UTC).isoformat(timespec="seconds"),
        "modelspec.trigger_phrase": plan.trigger,
        "modelspec.tags": ", ".join(product.tags),
        "modelspec.usage_hint": "Weight 0.6 to 0.9.",
        "modelspec.license": "As stated on its product page",
        "modelspec.resolution": f"{architecture.resolution}x{architecture.resolution}",
        "modelspec.hash_sha256": f"0x{digest}",
    }


def _training(product: DemoProduct, plan: LoraPlan, architecture: Architecture) -> dict[str, str]:
    steps = plan.images * plan.repeats * plan.epochs // 2
    side = architecture.resolution
    return {
        "ss_output_name": output_name(product),
        "ss_base_model_version": architecture.version,
        # An innocent path of nobody's machine, so that one can see the shop mask such things.
        "ss_sd_model_name": f"D:/demo-studio/models/{product.samples[0].model}.safetensors",
        "ss_v2": "False",
        "ss_network_module": architecture.network,
        "ss_network_dim": str(plan.rank),
        "ss_network_alpha": f"{plan.alpha}.0",
        "ss_network_args": "{}",
        "ss_network_dropout": "None",
        "ss_resolution": f"({side}, {side})",
        "ss_num_train_images": str(plan.images * plan.repeats),
        "ss_num_epochs": str(plan.epochs),
        "ss_epoch": str(plan.epochs),
        "ss_steps": str(steps),
        "ss_max_train_steps": str(steps),
        "ss_learning_rate": "0.0001",
        "ss_unet_lr": "0.0001",
        "ss_text_encoder_lr": "5e-05",
        "ss_lr_scheduler": "cosine",
        "ss_optimizer": "bitsandbytes.optim.adamw.AdamW8bit",
        "ss_mixed_precision": "bf16",
        "ss_clip_skip": "None",
        "ss_noise_offset": "0.0357",
        "ss_seed": "1234",
        "ss_training_comment": "demo file: no training took place, the numbers are random",
    }


def _dataset(plan: LoraPlan) -> dict[str, str]:
    folder = f"{plan.repeats}_{plan.folder}"
    rng = np.random.default_rng(zlib.crc32(plan.folder.encode()))
    counts = {plan.trigger.lower(): plan.images}
    for tag in plan.tags:
        counts[tag.lower()] = int(rng.integers(plan.images // 5, plan.images))
    side_path = f"D:/demo-studio/datasets/{plan.folder}/{folder}"
    subset = {"image_dir": side_path, "num_repeats": plan.repeats, "img_count": plan.images}
    return {
        "ss_tag_frequency": json.dumps({folder: counts}, ensure_ascii=False),
        "ss_dataset_dirs": json.dumps({folder: {"n_repeats": plan.repeats, "img_count": plan.images}}),
        "ss_datasets": json.dumps([{"is_dreambooth": True, "batch_size_per_device": 2, "subsets": [subset]}]),
    }
