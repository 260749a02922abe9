"""What an adapter is, from its tensor names, shapes and its maker's metadata."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shared.files.privacy import clean_text, mask_private
from shared.files.safetensors.base_models import base_model_named, family_of
from shared.files.safetensors.header import Header, Tensor
from shared.files.safetensors.training import TrainingFacts, as_float, as_int, as_words, read_training
from shared.files.safetensors.triggers import trigger_words


class AdapterKind(StrEnum):
    """What the tensors are; CHECKPOINT and EMBEDDING are no adapters, and UNKNOWN is what none of these fits."""

    LORA = "LoRA"
    DORA = "DoRA"
    LOHA = "LoHa"
    LOKR = "LoKr"
    OFT = "OFT"
    CHECKPOINT = "checkpoint"
    EMBEDDING = "embedding"
    UNKNOWN = "unknown"

    @property
    def is_adapter(self) -> bool:
        """True where it is loaded on top of a base model."""
        return self not in {AdapterKind.CHECKPOINT, AdapterKind.EMBEDDING, AdapterKind.UNKNOWN}


@dataclass(frozen=True)
class LoraFacts:
    """What the file says about itself. Texts are cleaned and short, and still a stranger's: escape them.

    `layout` is how its tensors are named: "kohya", "peft" or "lycoris". `rank` is counted from the shapes, the
    most frequent one where modules differ; `alpha` is the trainer's word. `dtype` is the one most parameters have.
    """

    kind: AdapterKind
    layout: str | None
    base_model: str | None
    family: str
    architecture: str | None
    rank: int | None
    alpha: float | None
    trigger_words: tuple[str, ...]
    title: str | None
    author: str | None
    licence: str | None
    description: str | None
    usage_hint: str | None
    tags: tuple[str, ...]
    dtype: str | None
    tensor_count: int
    parameters: int
    trains_text_encoder: bool
    training: TrainingFacts = field(default_factory=TrainingFacts)


_KINDS = (
    (re.compile(r"\.(dora_scale|lora_magnitude_vector)(\.|$)"), AdapterKind.DORA),
    (re.compile(r"\.hada_w1_a$"), AdapterKind.LOHA),
    (re.compile(r"\.lokr_w1(_a)?$"), AdapterKind.LOKR),
    (re.compile(r"\.oft_(blocks|diag)$"), AdapterKind.OFT),
    (re.compile(r"\.lora_(down|A|up|B)(\.|$)"), AdapterKind.LORA),
    (re.compile(r"^(emb_params|string_to_param|clip_[lg]|t5xxl)$"), AdapterKind.EMBEDDING),
    (re.compile(r"^(model\.diffusion_model\.|first_stage_model\.|cond_stage_model\.)"), AdapterKind.CHECKPOINT),
)
_RANK_AXIS = (
    (re.compile(r"\.lora_(down|A)(\.\w+)?(\.weight)?$"), 0),
    (re.compile(r"\.hada_w1_b$"), 0),
    (re.compile(r"\.lokr_w[12]_b$"), 0),
)
_TEXT_ENCODER = re.compile(r"^(lora_te\d?_|text_encoder|te\d?[._]|clip_)")
# The width of the text the cross-attention reads tells Stable Diffusion's generations apart.
_CROSS_ATTENTION = re.compile(r"attn2[._]to_[kv]\.(lora_(down|A)(\.\w+)?(\.weight)?|hada_w1_b)$")
_CONTEXT_WIDTHS = {768: "SD 1.5", 1024: "SD 2.1", 2048: "SDXL 1.0"}
_TENSOR_NAMES = (
    (re.compile(r"^lora_te2_"), "SDXL 1.0"),
    (re.compile(r"double_blocks|single_blocks|single_transformer_blocks"), "Flux.1 D"),
    (re.compile(r"joint_blocks"), "SD 3.5 Large"),
)


def read_lora(header: Header) -> LoraFacts:
    """The facts of a model file; never raises, whatever the metadata holds."""
    metadata, tensors = header.metadata, header.tensors
    base_model = _base_model(metadata, tensors)
    kind = _kind(tensors)
    spec = _spec(metadata)
    return LoraFacts(
        kind=kind,
        layout=_layout(tensors) if kind.is_adapter else None,
        base_model=base_model,
        family=family_of(base_model),
        architecture=spec("architecture") or as_words(metadata.get("ss_base_model_version", "")),
        rank=_rank(tensors) or as_int(metadata.get("ss_network_dim", "")),
        alpha=as_float(metadata.get("ss_network_alpha", "")),
        trigger_words=trigger_words(metadata),
        title=spec("title") or as_words(metadata.get("ss_output_name", "")),
        author=spec("author"),
        licence=spec("license"),
        description=_long(metadata.get("modelspec.description", "")),
        usage_hint=_long(metadata.get("modelspec.usage_hint", "")),
        tags=tuple(tag for tag in map(str.strip, (spec("tags") or "").split(",")) if tag)[:30],
        dtype=_dtype(tensors),
        tensor_count=len(tensors),
        parameters=sum(tensor.parameters for tensor in tensors.values()),
        trains_text_encoder=any(_TEXT_ENCODER.search(name) for name in tensors),
        training=read_training(metadata),
    )


def _spec(metadata: Mapping[str, str]) -> Callable[[str], str | None]:
    return lambda key: as_words(metadata.get(f"modelspec.{key}", ""))


def _long(text: str) -> str | None:
    return mask_private(clean_text(text, 4000)) or None


def _kind(tensors: Mapping[str, Tensor]) -> AdapterKind:
    found = {kind for name in tensors for pattern, kind in _KINDS if pattern.search(name)}
    return next((kind for _, kind in _KINDS if kind in found), AdapterKind.UNKNOWN)


def _layout(tensors: Mapping[str, Tensor]) -> str:
    for name in tensors:
        if ".lora_A" in name or ".lora_B" in name:
            return "peft"
        if ".hada_" in name or ".lokr_" in name or ".oft_" in name:
            return "lycoris"
    return "kohya"


def _rank(tensors: Mapping[str, Tensor]) -> int | None:
    ranks = Counter(
        tensor.shape[axis]
        for name, tensor in tensors.items()
        for pattern, axis in _RANK_AXIS
        if len(tensor.shape) > axis and pattern.search(name)
    )
    return ranks.most_common(1)[0][0] if ranks else None


def _dtype(tensors: Mapping[str, Tensor]) -> str | None:
    sizes: Counter[str] = Counter()
    for tensor in tensors.values():
        sizes[tensor.dtype] += tensor.parameters
    return sizes.most_common(1)[0][0] if sizes else None


def _base_model(metadata: Mapping[str, str], tensors: Mapping[str, Tensor]) -> str | None:
    # ModelSpec names flux-1-schnell where kohya's own key only says flux1, so it is asked first.
    for key in ("modelspec.architecture", "ss_base_model_version"):
        named = base_model_named(metadata.get(key, ""))
        if named:
            return named
    return _from_tensors(tensors)


def _from_tensors(tensors: Mapping[str, Tensor]) -> str | None:
    for name, tensor in tensors.items():
        if len(tensor.shape) > 1 and _CROSS_ATTENTION.search(name):
            return _CONTEXT_WIDTHS.get(tensor.shape[1])
    for pattern, base_model in _TENSOR_NAMES:
        if any(pattern.search(name) for name in tensors):
            return base_model
    return None
