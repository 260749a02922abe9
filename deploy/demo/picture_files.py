"""Sample pictures as files: our drawing, the parameters it illustrates, and the words that say so."""

from __future__ import annotations

import json
from pathlib import Path
from xml.sax.saxutils import escape

from PIL import Image, PngImagePlugin

from deploy.demo.generation_text import a1111_text, comfyui_texts, fooocus_text, novelai_texts
from deploy.demo.lora_files import lora_file_name, lora_hash
from deploy.demo.pictures import draw
from deploy.demo.products import DemoProduct, Sample

_SAID = "Demo picture, drawn by Huafang's own code (not by the model named in its parameters)."
DISCLAIMER = f"{_SAID} 画坊演示图：由程序绘制，参数仅作展示。"
_DESCRIPTION, _MAKE, _MODEL, _SOFTWARE, _EXIF, _USER_COMMENT = 0x010E, 0x010F, 0x0110, 0x0131, 0x8769, 0x9286
_SUFFIXES = {"png": ".png", "jpeg": ".jpg", "webp": ".webp"}


def picture_file_name(product: DemoProduct, index: int) -> str:
    """The file's name; `index` counts from 0."""
    return f"{product.key}-{index + 1}{_SUFFIXES[product.samples[index].format]}"


def write_picture(product: DemoProduct, index: int, path: Path) -> None:
    """Draws one sample and writes it with its parameters; the same pixels every time."""
    sample = product.samples[index]
    image = draw(sample.kind, sample.picture_seed, sample.width, sample.height)
    texts = _texts(product, sample)
    label = _label(product, index) if product.ai_label else None
    if sample.format == "png":
        image.save(path, "PNG", pnginfo=_chunks(texts, label), compress_level=5)
    else:
        quality = 90 if sample.format == "jpeg" else 88
        xmp = label.encode() if label else b""
        image.save(path, sample.format.upper(), quality=quality, exif=_exif(sample, texts), xmp=xmp)


def _texts(product: DemoProduct, sample: Sample) -> dict[str, str]:
    last = len(product.versions) - 1
    file = lora_file_name(product, last) if product.lora else None
    if sample.tool == "comfyui":
        return comfyui_texts(sample, file)
    if sample.tool == "fooocus":
        lora = (file, lora_hash(product, last)) if file else None
        return {"parameters": fooocus_text(sample, lora), "fooocus_scheme": "fooocus"}
    if sample.tool == "novelai":
        return novelai_texts(sample)
    return {"parameters": a1111_text(sample)}


def _chunks(texts: dict[str, str], label: str | None) -> PngImagePlugin.PngInfo:
    chunks = PngImagePlugin.PngInfo()
    for key, text in texts.items():
        if text.isascii():
            chunks.add_text(key, text)
        else:
            chunks.add_itxt(key, text)
    chunks.add_itxt("Disclaimer", DISCLAIMER)
    if label:
        chunks.add_itxt("XML:com.adobe.xmp", label)
    return chunks


def _exif(sample: Sample, texts: dict[str, str]) -> Image.Exif:
    exif = Image.Exif()
    exif[_DESCRIPTION] = _SAID
    if sample.tool == "comfyui":
        exif[_MODEL] = f"prompt:{texts['prompt']}"
        exif[_MAKE] = f"workflow:{texts['workflow']}"
    else:
        exif[_SOFTWARE] = "Huafang demo"
        exif.get_ifd(_EXIF)[_USER_COMMENT] = b"UNICODE\0" + texts["parameters"].encode("utf-16-be")
    return exif


def _label(product: DemoProduct, index: int) -> str:
    """An implicit AI label of the producer's own (GB 45438-2025), for the shop to keep as it finds it."""
    label = {
        "Label": "1",
        "ContentProducer": f"{product.author.name_zh}（演示）",
        "ProduceID": f"demo-{product.key}-{index + 1}",
        "ReservedCode1": "",
        "ContentPropagator": "",
        "PropagateID": "",
        "ReservedCode2": "",
    }
    text = escape(json.dumps(label, ensure_ascii=False), {'"': "&quot;"})
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        f'xmlns:TC260="http://www.tc260.org.cn/ns/AIGC/1.0/"><TC260:AIGC>{text}</TC260:AIGC>'
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )
