"""Model files: their header, hashes and facts, and the copies that buyers get."""

from shared.files.safetensors.base_models import BASE_MODELS, base_model_named, family_of
from shared.files.safetensors.digests import Hashes, hash_chunks, hashes
from shared.files.safetensors.header import HEADER_LIMIT, Header, Tensor, read_header
from shared.files.safetensors.lora import AdapterKind, LoraFacts, read_lora
from shared.files.safetensors.publishing import published_metadata
from shared.files.safetensors.tracing import TracedCopy, read_trace
from shared.files.safetensors.training import TrainingFacts

__all__ = [
    "BASE_MODELS",
    "HEADER_LIMIT",
    "AdapterKind",
    "Hashes",
    "Header",
    "LoraFacts",
    "Tensor",
    "TracedCopy",
    "TrainingFacts",
    "base_model_named",
    "family_of",
    "hash_chunks",
    "hashes",
    "published_metadata",
    "read_header",
    "read_lora",
    "read_trace",
]
