"""Generation parameters as others may see them."""

from dataclasses import replace

from shared.files.generation.parameters import GenerationParameters, LoraUse
from shared.files.privacy import base_name, mask_private


def published(parameters: GenerationParameters) -> GenerationParameters:
    """The parameters without what tells of their maker: keys, paths and mail addresses in prompts are masked,
    files shrink to their names, and what no field of ours describes is left out.
    """
    return replace(
        parameters,
        prompt=mask_private(parameters.prompt),
        negative_prompt=mask_private(parameters.negative_prompt),
        sampler=_masked(parameters.sampler),
        scheduler=_masked(parameters.scheduler),
        model=_file(parameters.model),
        model_hash=_masked(parameters.model_hash),
        loras=tuple(_lora(lora) for lora in parameters.loras),
        raw={},
    )


def _lora(lora: LoraUse) -> LoraUse:
    return replace(lora, name=_file(lora.name) or "", hash=_masked(lora.hash))


def _file(name: str | None) -> str | None:
    return None if name is None else mask_private(base_name(name))


def _masked(text: str | None) -> str | None:
    return None if text is None else mask_private(text)
