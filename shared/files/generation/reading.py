"""Finding generation parameters in a picture, whoever wrote them and wherever."""

import json

from PIL import Image

from shared.files.exif import IMAGE_DESCRIPTION, MAKE, MODEL, exif_text, user_comment
from shared.files.generation.comfyui import parse_graph
from shared.files.generation.infotext import parse_infotext
from shared.files.generation.others import parse_with_library
from shared.files.generation.parameters import GenerationParameters
from shared.files.generation.stealth import read_stealth

_TEXT_LIMIT = 2 * 1024 * 1024


def read_parameters(image: Image.Image) -> GenerationParameters | None:
    """The parameters of an opened (and loaded) PNG, JPEG or WebP, or None. Never raises, whatever it holds.

    Text chunks first, then EXIF, then texts hidden in the pixels. The first readable one counts.
    """
    texts = {
        key: value
        for key, value in image.info.items()
        if isinstance(key, str) and isinstance(value, str) and len(value) <= _TEXT_LIMIT
    }
    return _from_chunks(texts) or _from_exif(image) or _from_stealth(image)


def _from_chunks(texts: dict[str, str]) -> GenerationParameters | None:
    found = _from_text(texts.get("parameters", ""))
    if found is None and "prompt" in texts:
        found = parse_graph(texts["prompt"])
    if found is None and "Comment" in texts:
        found = parse_with_library("NovelAI", texts)
    if found is None and not texts.keys().isdisjoint({"sd-metadata", "Dream", "invokeai_metadata"}):
        found = parse_with_library("InvokeAI", texts)
    return found


def _from_exif(image: Image.Image) -> GenerationParameters | None:
    found = _from_text(user_comment(image))
    # ComfyUI's WebP: the graph stands behind a word in the camera's fields.
    for tag in (MODEL, MAKE, IMAGE_DESCRIPTION):
        text = "" if found else exif_text(image, tag)
        if text[:7].lower() == "prompt:":
            found = parse_graph(text[7:])
    return found


def _from_stealth(image: Image.Image) -> GenerationParameters | None:
    text = read_stealth(image)
    return _from_text(text) if text else None


def _from_text(text: str) -> GenerationParameters | None:
    if not text.startswith("{"):
        return parse_infotext(text) if text else None
    found = parse_with_library("Fooocus", {"parameters": text})
    if found is None:
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return None
        texts = {str(key): content for key, content in value.items() if isinstance(content, str)}
        found = _from_object(texts, text)
    return found


def _from_object(texts: dict[str, str], text: str) -> GenerationParameters | None:
    if "Comment" in texts:
        return parse_with_library("NovelAI", texts)
    if "prompt" in texts and "class_type" in texts["prompt"]:
        return parse_graph(texts["prompt"])
    if '"uc"' in text:
        # NovelAI's JPEG and WebP carry the comment alone.
        alone = {"Comment": text, "Description": texts.get("prompt", ""), "Source": ""}
        return parse_with_library("NovelAI", alone)
    return parse_graph(text) if "class_type" in text else None
