"""Base models by the names creators use, their families, and how a file's own words map to them.

Names as Civitai shows them (its base model list of August 2026); LoRAs of one family load across it.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

BASE_MODELS: Mapping[str, str] = MappingProxyType(
    {
        "SD 1.5": "SD 1",
        "SD 2.1": "SD 2",
        "SD 3.5 Large": "SD 3.5",
        "SD 3.5 Medium": "SD 3.5",
        "SDXL 1.0": "SDXL",
        "SDXL Lightning": "SDXL",
        "SDXL Hyper": "SDXL",
        "SDXL Turbo": "SDXL",
        "Pony": "SDXL",
        "Illustrious": "SDXL",
        "NoobAI": "SDXL",
        "Pony V7": "AuraFlow",
        "AuraFlow": "AuraFlow",
        "Anima": "Anima",
        "Flux.1 S": "Flux.1",
        "Flux.1 D": "Flux.1",
        "Flux.1 Krea": "Flux.1",
        "Flux.1 Kontext": "Flux.1",
        "Flux.2 D": "Flux.2",
        "Flux.2 Klein 9B": "Flux.2 Klein",
        "Flux.2 Klein 4B": "Flux.2 Klein",
        "Chroma": "Chroma",
        "HiDream": "HiDream",
        "Hunyuan 1": "Hunyuan",
        "Hunyuan Video": "Hunyuan Video",
        "Kolors": "Kolors",
        "Lumina": "Lumina",
        "PixArt a": "PixArt",
        "PixArt E": "PixArt",
        "Qwen": "Qwen",
        "Qwen 2": "Qwen",
        "Qwen 3": "Qwen",
        "ZImageTurbo": "Z-Image",
        "ZImageBase": "Z-Image",
        "Wan Video 1.3B t2v": "Wan 2.1",
        "Wan Video 14B t2v": "Wan 2.1",
        "Wan Video 14B i2v 480p": "Wan 2.1",
        "Wan Video 14B i2v 720p": "Wan 2.1",
        "Wan Video 2.2 TI2V-5B": "Wan 2.2",
        "Wan Video 2.2 I2V-A14B": "Wan 2.2",
        "Wan Video 2.2 T2V-A14B": "Wan 2.2",
        "Wan Video 2.5 T2V": "Wan 2.5",
        "Wan Video 2.5 I2V": "Wan 2.5",
        "LTXV": "LTXV",
        "LTXV2": "LTXV",
        "Seedream": "Seedream",
        "Ernie": "Ernie",
        "Krea 2": "Krea",
        "Other": "Other",
    }
)

# What trainers write into `ss_base_model_version` and `modelspec.architecture` (before "/lora"), the first match
# counts. Pony, Illustrious and NoobAI all say SDXL: only their seller can tell.
_NAMES = tuple(
    (re.compile(pattern), base_model)
    for pattern, base_model in (
        (r"sd_?v?1([._-]|$)|stable-diffusion-v1", "SD 1.5"),
        (r"sd_?v?2([._-]|$)|stable-diffusion-v2", "SD 2.1"),
        (r"sdxl|stable-diffusion-xl", "SDXL 1.0"),
        (r"3[._-]?5[._-]?large", "SD 3.5 Large"),
        (r"3[._-]?5[._-]?medium", "SD 3.5 Medium"),
        (r"flux[._-]?2.*klein.*4b", "Flux.2 Klein 4B"),
        (r"flux[._-]?2.*klein", "Flux.2 Klein 9B"),
        (r"flux[._-]?2", "Flux.2 D"),
        (r"flux.*schnell", "Flux.1 S"),
        (r"flux.*krea", "Flux.1 Krea"),
        (r"flux.*kontext", "Flux.1 Kontext"),
        # "flux1" alone may be either; taken as the one with the stricter licence until its seller says otherwise.
        (r"flux", "Flux.1 D"),
        (r"chroma", "Chroma"),
        (r"lumina", "Lumina"),
        (r"anima", "Anima"),
        (r"hunyuan.?video", "Hunyuan Video"),
        (r"hunyuan.?(dit|1)", "Hunyuan 1"),
        (r"qwen", "Qwen"),
        (r"z.?image.*turbo", "ZImageTurbo"),
        (r"z.?image", "ZImageBase"),
        (r"hidream", "HiDream"),
        (r"kolors", "Kolors"),
        (r"auraflow", "AuraFlow"),
        (r"pixart.*sigma", "PixArt E"),
        (r"pixart", "PixArt a"),
        (r"ltx.?(v|video)?.?2", "LTXV2"),
        (r"ltx", "LTXV"),
    )
)


def family_of(base_model: str | None) -> str:
    """The family within which LoRAs load; "Other" for what is unknown."""
    return BASE_MODELS.get(base_model or "", "Other")


def base_model_named(text: str) -> str | None:
    """The base model that a trainer's own name for it means, or None."""
    lowered = text.strip().lower()[:200]
    return next((base_model for pattern, base_model in _NAMES if pattern.search(lowered)), None)
