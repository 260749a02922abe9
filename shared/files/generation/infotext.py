"""The text that A1111's WebUI writes and many tools copy: its grammar, read and written.

sd-parsers splits the settings line at every comma and colon and so loses quoted values, `Lora hashes` among them;
the grammar here is WebUI's own (modules/infotext_utils.py).
"""

import json
import re
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

TEXT_LIMIT = 256 * 1024
_LINE_LIMIT = 64 * 1024
_NEGATIVE = "Negative prompt:"
# The bounded repeat keeps a long line without a colon from costing the square of its length.
_SETTING = re.compile(r'(\w[\w \-/]{1,60}):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
_SIZE = re.compile(r"^(\d{1,6})x(\d{1,6})$")
_LORA = re.compile(r"<(?:lora|lyco):([^:<>]{1,200})(?::([^:<>]{0,40}))?(?::[^<>]{0,100})?>")
_EMBEDDED_JSON = re.compile(r"(?:^|,\s*)(Hashes|Civitai resources):\s*(?=[\[{])")
_NAMED = frozenset(
    {
        "Steps",
        "Sampler",
        "Schedule type",
        "CFG scale",
        "Seed",
        "Size",
        "Model",
        "Model hash",
        "Clip skip",
        "Lora hashes",
        "Hashes",
        "Civitai resources",
    }
)
_RAW_ENTRIES, _RAW_VALUE = 40, 300


def parse_infotext(text: str) -> GenerationParameters | None:
    """The parameters in an infotext, or None where no line of it has three settings or more. Never raises."""
    lines = text[:TEXT_LIMIT].replace("\r\n", "\n").strip().split("\n")
    # Extensions append lines of their own after the settings.
    for index in range(len(lines) - 1, max(-1, len(lines) - 12), -1):
        settings = _settings(lines[index])
        if len(settings) >= 3 and "Steps" in settings:
            return _parameters(lines[:index], settings)
    return None


def format_infotext(parameters: GenerationParameters) -> str:
    """The infotext that WebUI and its relatives read back: what a buyer pastes to try the same settings."""
    settings: dict[str, Any] = {
        "Steps": parameters.steps,
        "Sampler": parameters.sampler,
        "Schedule type": parameters.scheduler,
        "CFG scale": parameters.cfg,
        "Seed": parameters.seed,
        "Size": f"{parameters.width}x{parameters.height}" if parameters.width and parameters.height else None,
        "Model hash": parameters.model_hash,
        "Model": parameters.model,
        "Clip skip": parameters.clip_skip if parameters.clip_skip != 1 else None,
        "Lora hashes": ", ".join(f"{lora.name}: {lora.hash}" for lora in parameters.loras if lora.hash) or None,
        **parameters.raw,
    }
    line = ", ".join(f"{name}: {_quoted(_number(value))}" for name, value in settings.items() if value is not None)
    negative = [f"{_NEGATIVE} {parameters.negative_prompt}"] if parameters.negative_prompt else []
    return "\n".join([*filter(None, [parameters.prompt]), *negative, line])


def loras_in_prompt(prompt: str) -> dict[str, float | None]:
    """The LoRAs that a prompt calls, `<lora:NAME:WEIGHT>`, with their weights."""
    return {match[1].strip(): real_number(match[2]) for match in _LORA.finditer(prompt)}


def _settings(line: str) -> dict[str, str]:
    found: dict[str, str] = {}
    line = _take_embedded_json(line[:_LINE_LIMIT], found)
    for match in _SETTING.finditer(line):
        found.setdefault(match[1].strip(), _unquoted(match[2].strip()))
    return found


def _take_embedded_json(line: str, found: dict[str, str]) -> str:
    # `Hashes: {...}` and `Civitai resources: [...]` are JSON without quotes round it, commas and all.
    match = _EMBEDDED_JSON.search(line)
    for _ in range(4):
        if match is None:
            return line
        try:
            _, end = json.JSONDecoder().raw_decode(line, match.end())
        except (ValueError, RecursionError):
            return line
        found[match[1]] = line[match.end() : end]
        line = line[: match.start()] + line[end:]
        match = _EMBEDDED_JSON.search(line)
    return line


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] == '"':
        try:
            return str(json.loads(value))
        except (ValueError, RecursionError):
            return value
    return value


def _quoted(value: str) -> str:
    needs = any(sign in value for sign in ',:"\n') or value != value.strip()
    return json.dumps(value, ensure_ascii=False) if needs else value


def _number(value: object) -> str:
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _parameters(before: list[str], settings: dict[str, str]) -> GenerationParameters:
    prompt, negative = _prompts(before)
    size = _SIZE.match(settings.get("Size", ""))
    return GenerationParameters(
        generator=_generator(settings),
        prompt=prompt,
        negative_prompt=negative,
        steps=whole_number(settings.get("Steps")),
        sampler=name_text(settings.get("Sampler")),
        scheduler=name_text(settings.get("Schedule type")),
        cfg=real_number(settings.get("CFG scale")),
        seed=whole_number(settings.get("Seed")),
        width=pixels(size[1]) if size else None,
        height=pixels(size[2]) if size else None,
        model=name_text(settings.get("Model")),
        model_hash=name_text(settings.get("Model hash")),
        loras=_loras(prompt, settings),
        clip_skip=whole_number(settings.get("Clip skip", "1"), 100),
        raw=_raw(settings),
    )


def _prompts(lines: list[str]) -> tuple[str, str]:
    start = next((i for i, line in enumerate(lines) if line.strip().startswith(_NEGATIVE)), len(lines))
    negative = "\n".join(lines[start:]).strip().removeprefix(_NEGATIVE)
    return prompt_text("\n".join(lines[:start])), prompt_text(negative)


def _generator(settings: dict[str, str]) -> str:
    version, app = settings.get("Version", ""), settings.get("App", "")
    if "sd.next" in app.lower():
        return "SD.Next"
    for name in ("ComfyUI", "Fooocus"):
        if name.lower() in version.lower():
            return name
    return "Forge" if re.match(r"f\d|forge|neo|classic", version) else "A1111"


def _loras(prompt: str, settings: dict[str, str]) -> tuple[LoraUse, ...]:
    hashes = dict.fromkeys(loras_in_prompt(prompt), "")
    for part in settings.get("Lora hashes", "").split(","):
        name, _, value = part.rpartition(":")
        if name.strip():
            hashes[name.strip()] = value.strip()
    for name, value in _json_object(settings.get("Hashes")).items():
        if name.startswith("lora:") and isinstance(value, str):
            hashes.setdefault(name[5:], value)
            hashes[name[5:]] = hashes[name[5:]] or value
    weights = loras_in_prompt(prompt)
    return tuple(
        LoraUse(clean, name_text(value), weights.get(name))
        for name, value in list(hashes.items())[:LORAS_LIMIT]
        if (clean := name_text(name))
    )


def _json_object(text: str | None) -> dict[str, Any]:
    try:
        value = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _raw(settings: dict[str, str]) -> dict[str, str]:
    kept = {
        clean: short
        for name, value in settings.items()
        if name not in _NAMED
        and len(value) <= _RAW_VALUE
        and (clean := name_text(name))
        and (short := name_text(value))
    }
    return dict(list(kept.items())[:_RAW_ENTRIES])
