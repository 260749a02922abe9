import gzip
import io
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from shared.files.generation import (
    GenerationParameters,
    LoraUse,
    erase_stealth,
    format_infotext,
    parse_infotext,
    published,
    read_parameters,
    read_stealth,
)

WORKED_EXAMPLE = (
    "a cat,\nsitting\n"
    "Negative prompt: blurry,\nlowres\n"
    "Steps: 20, Sampler: Euler a, Schedule type: Karras, CFG scale: 7, Seed: 965400086, Size: 512x512, "
    'Model hash: 45dee52b, Model: abc, Lora hashes: "foo: 1234abcd5678", TI hashes: "x: 1, y: 2", Version: v1.10.1'
)
GRAPH = {
    "3": {
        "class_type": "KSampler",
        "inputs": {
            "seed": 5,
            "steps": 20,
            "cfg": 6.5,
            "sampler_name": "euler",
            "scheduler": "karras",
            "denoise": 1,
            "model": ["10", 0],
            "positive": ["6", 0],
            "negative": ["7", 0],
            "latent_image": ["5", 0],
        },
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "sdxl\\base.safetensors"}},
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 832, "height": 1216, "batch_size": 1}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "雨夜 neon", "clip": ["10", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["10", 1]}},
    "10": {
        "class_type": "LoraLoader",
        "inputs": {
            "lora_name": "mi.safetensors",
            "strength_model": 0.8,
            "model": ["4", 0],
            "clip": ["4", 1],
        },
    },
}


def png(**texts: str) -> Image.Image:
    info = PngImagePlugin.PngInfo()
    for name, text in texts.items():
        info.add_itxt(name.replace("__", "-"), text)
    out = io.BytesIO()
    Image.new("RGB", (16, 16)).save(out, "PNG", pnginfo=info)
    return reopened(out)


def reopened(out: io.BytesIO) -> Image.Image:
    image = Image.open(out)
    image.load()
    return image


def with_exif(format_: str, comment: bytes | None = None, **tags: str) -> Image.Image:
    exif = Image.Exif()
    if comment is not None:
        exif.get_ifd(0x8769)[0x9286] = comment
    for name, value in tags.items():
        exif[{"make": 0x010F, "model": 0x0110, "description": 0x010E}[name]] = value
    out = io.BytesIO()
    Image.new("RGB", (16, 16)).save(out, format_, exif=exif)
    return reopened(out)


def check_worked_example(found: GenerationParameters | None) -> None:
    assert found is not None
    assert (found.prompt, found.negative_prompt) == ("a cat,\nsitting", "blurry,\nlowres")
    assert (found.steps, found.sampler, found.scheduler) == (20, "Euler a", "Karras")
    assert (found.cfg, found.seed, found.width, found.height) == (7, 965400086, 512, 512)
    assert (found.model, found.model_hash, found.clip_skip) == ("abc", "45dee52b", 1)
    assert found.loras == (LoraUse("foo", "1234abcd5678"),)
    assert (found.generator, found.raw["TI hashes"]) == ("A1111", "x: 1, y: 2")


def test_the_worked_example_of_the_grammar():
    check_worked_example(parse_infotext(WORKED_EXAMPLE))


def test_loras_get_their_weight_from_the_prompt_and_their_hash_from_the_line():
    text = (
        "cat <lora:foo:0.8> <lora:bar> <lyco:baz:1:0.5>\nSteps: 5, Seed: 1, CFG scale: 2, "
        'Lora hashes: "foo: aabbccddeeff, other: 112233445566", Hashes: {"lora:bar": "0123", "model": "x, y"}, '
        'Civitai resources: [{"type":"lora","weight":1}], Version: f2.0.1'
    )
    found = parse_infotext(text)
    assert found is not None
    assert found.loras == (
        LoraUse("foo", "aabbccddeeff", 0.8),
        LoraUse("bar", "0123", None),
        LoraUse("baz", None, 1.0),
        LoraUse("other", "112233445566", None),
    )
    assert found.generator == "Forge"


@pytest.mark.parametrize(
    "text", ["", "a cat", "Steps: 20, Sampler: x", "Steps; 1, 2, 3", "a: b, c: d, e: f", "Negative prompt: x"]
)
def test_a_text_without_a_settings_line_is_no_infotext(text: str):
    assert parse_infotext(text) is None


def test_lines_behind_the_settings_are_passed_over():
    found = parse_infotext(WORKED_EXAMPLE + "\nTemplate: cat\nNegative Template: blurry")
    check_worked_example(found)


words = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=30).map(str.strip).filter(bool)
lines = words.filter(lambda text: not text.startswith("Negative prompt") and "<" not in text)
prompts = st.lists(lines, max_size=3).map("\n".join)


@given(
    st.builds(
        GenerationParameters,
        generator=st.just("A1111"),
        prompt=prompts,
        negative_prompt=prompts,
        steps=st.integers(1, 150),
        sampler=words,
        scheduler=st.none() | words,
        cfg=st.integers(0, 300).map(lambda tenths: tenths / 10),
        seed=st.integers(0, 2**63),
        width=st.integers(1, 10_000),
        height=st.integers(1, 10_000),
        model=st.none() | words,
        model_hash=st.none() | st.text("0123456789abcdef", min_size=8, max_size=10),
        loras=st.lists(
            st.builds(
                LoraUse,
                st.text("abcXYZ_-09 ", min_size=1, max_size=9).map(str.strip).filter(bool),
                st.just("ab12"),
            ),
            max_size=3,
            unique_by=lambda lora: lora.name,
        ).map(tuple),
        clip_skip=st.integers(1, 12),
    )
)
def test_what_is_written_as_infotext_is_read_back(parameters: GenerationParameters):
    assert parse_infotext(format_infotext(parameters)) == parameters


@pytest.mark.parametrize(
    "text",
    [
        "a" * 250_000,
        "aa:" * 80_000,
        'aa:"' * 60_000,
        "a " * 100_000 + ":",
        ", " * 100_000,
        " " * 200_000 + ": 1",
        "Hashes: {" * 10_000,
        "<lora:" * 40_000,
        "\n" * 200_000,
        "key_" * 50_000,
        "/" * 200_000,
        "eyJ-" * 50_000,
        "token=" * 40_000,
        "a@" * 100_000,
    ],
)
def test_a_hostile_text_costs_no_time(text: str):
    start = time.perf_counter()
    found = parse_infotext(text + "\nSteps: 1, Seed: 2, Size: 1x1, " + text)
    parse_infotext(text)
    if found:
        published(found)
    published(GenerationParameters("A1111", prompt=text[:20_000]))
    assert time.perf_counter() - start < 2


@given(st.text(max_size=300))
def test_any_text_is_an_infotext_or_none(text: str):
    found = parse_infotext(text + "\nSteps: 1, Seed: 2, Size: 1x1")
    assert found is not None
    json.dumps(found.as_dict()).encode()


def test_an_infotext_is_found_in_png_jpeg_and_webp():
    check_worked_example(read_parameters(png(parameters=WORKED_EXAMPLE)))
    for format_ in ("JPEG", "WEBP"):
        big = b"UNICODE\x00" + WORKED_EXAMPLE.encode("utf-16-be")
        little = b"UNICODE\x00" + WORKED_EXAMPLE.encode("utf-16-le")
        check_worked_example(read_parameters(with_exif(format_, big)))
        check_worked_example(read_parameters(with_exif(format_, little)))
        check_worked_example(read_parameters(with_exif(format_, b"ASCII\x00\x00\x00" + WORKED_EXAMPLE.encode())))


def check_graph(found: GenerationParameters | None) -> None:
    assert found is not None
    assert found.generator == "ComfyUI"
    assert (found.prompt, found.negative_prompt) == ("雨夜 neon", "blurry")
    assert (found.steps, found.cfg, found.seed, found.sampler, found.scheduler) == (20, 6.5, 5, "euler", "karras")
    assert (found.width, found.height, found.model) == (832, 1216, "sdxl\\base.safetensors")
    assert found.loras == (LoraUse("mi.safetensors", None, 0.8),)


def test_a_comfyui_graph_is_read_from_png_and_webp():
    check_graph(read_parameters(png(prompt=json.dumps(GRAPH), workflow="{}")))
    check_graph(read_parameters(with_exif("WEBP", model="prompt:" + json.dumps(GRAPH))))


def test_comfyuis_newer_nodes_are_read():
    graph = {
        "1": {
            "class_type": "SamplerCustomAdvanced",
            "inputs": {
                "noise": ["2", 0],
                "guider": ["3", 0],
                "sampler": ["4", 0],
                "sigmas": ["5", 0],
                "latent_image": ["9", 0],
            },
        },
        "2": {"class_type": "RandomNoise", "inputs": {"noise_seed": 7}},
        "3": {"class_type": "BasicGuider", "inputs": {"model": ["6", 0], "conditioning": ["7", 0]}},
        "4": {"class_type": "KSamplerSelect", "inputs": {"sampler_name": "euler"}},
        "5": {"class_type": "BasicScheduler", "inputs": {"scheduler": "simple", "steps": 4, "model": ["6", 0]}},
        "6": {
            "class_type": "Power Lora Loader",
            "inputs": {
                "lora_1": {"on": True, "lora": "a.safetensors", "strength": 0.5},
                "lora_2": {"on": False, "lora": "b.safetensors", "strength": 1},
                "model": ["8", 0],
            },
        },
        "7": {"class_type": "FluxGuidance", "inputs": {"guidance": 3.5, "conditioning": ["10", 0]}},
        "8": {"class_type": "UNETLoader", "inputs": {"unet_name": "flux1-dev.safetensors"}},
        "9": {"class_type": "EmptyLatentImage", "inputs": {"width": 1024, "height": 768}},
        "10": {"class_type": "CLIPTextEncode", "inputs": {"text": ["11", 0]}},
        "11": {"class_type": "String", "inputs": {"string": "a fox"}},
    }
    found = read_parameters(png(prompt=json.dumps(graph)))
    assert found is not None
    assert (found.prompt, found.negative_prompt, found.model) == ("a fox", "", "flux1-dev.safetensors")
    assert (found.steps, found.seed, found.cfg, found.scheduler) == (4, 7, 3.5, "simple")
    assert (found.width, found.height) == (1024, 768)
    assert found.loras == (LoraUse("a.safetensors", None, 0.5),)


def test_the_first_pass_counts_and_not_the_refinement():
    second = {
        **GRAPH["3"],
        "inputs": {**GRAPH["3"]["inputs"], "denoise": 0.4, "steps": 8, "latent_image": ["3", 0]},
    }
    found = read_parameters(png(prompt=json.dumps({"2": second, **GRAPH})))
    check_graph(found)


def test_a_graph_that_turns_in_circles_is_read_once():
    graph = {str(i): {"class_type": "X", "inputs": {"model": [str((i + 1) % 1500), 0]}} for i in range(1500)}
    graph["0"]["inputs"] |= {"steps": 3, "cfg": 1, "positive": ["0", 0], "negative": [["x"], 0], "latent_image": 5}
    start = time.perf_counter()
    found = read_parameters(png(prompt=json.dumps(graph)))
    assert found is not None
    assert time.perf_counter() - start < 2


def test_many_samplers_on_many_nodes_cost_no_time():
    links = {f"in{i}": [str(i), 0] for i in range(1990)}
    inputs = {"steps": 1, "cfg": 1, "positive": ["1", 0], **links}
    graph = {
        str(i): {"class_type": "KSampler", "inputs": inputs if i < 20 else {"steps": 1, "cfg": 2}} for i in range(1990)
    }
    text = json.dumps(graph)
    start = time.perf_counter()
    assert read_parameters(png(prompt=text)) is not None
    assert time.perf_counter() - start < 3


def test_novelai_is_read_from_chunks_exif_and_pixels():
    comment = json.dumps(
        {
            "steps": 28,
            "sampler": "k_euler",
            "seed": 9,
            "scale": 5.5,
            "uc": "bad",
            "width": 832,
            "height": 1216,
            "prompt": "a cat",
            "noise_schedule": "karras",
        }
    )
    texts = {
        "Comment": comment,
        "Description": "a cat",
        "Source": "NovelAI Diffusion V4 37442FCA",
        "Software": "NovelAI",
    }
    hidden = hide(Image.new("RGBA", (200, 200)), json.dumps(texts))
    exif = with_exif("JPEG", b"ASCII\x00\x00\x00" + comment.encode())
    for image in (png(**texts), hidden, exif):
        found = read_parameters(image)
        assert found is not None
        assert (found.generator, found.prompt, found.negative_prompt) == ("NovelAI", "a cat", "bad")
        assert (found.steps, found.cfg, found.seed, found.width, found.height) == (28, 5.5, 9, 832, 1216)
        assert (found.sampler, found.scheduler) == ("k_euler", "karras")
    assert read_parameters(png(**texts)).model_hash == "37442FCA"


def test_fooocus_is_read_from_png_and_jpeg():
    text = json.dumps(
        {
            "prompt": "a fox",
            "negative_prompt": "",
            "full_prompt": ["a fox", "x"],
            "base_model": "jugger",
            "base_model_hash": "aeb7e9e689",
            "guidance_scale": 4.0,
            "sampler": "dpmpp_2m_sde_gpu",
            "scheduler": "karras",
            "seed": "6952411511246973023",
            "steps": 30,
            "resolution": "(768, 1280)",
            "loras": [["sd_xl_offset", 0.1, "4852686128"]],
            "lora_combined_1": "other.safetensors : 0.5",
        }
    )
    for image in (
        png(parameters=text, fooocus_scheme="fooocus"),
        with_exif("JPEG", b"ASCII\x00\x00\x00" + text.encode()),
    ):
        found = read_parameters(image)
        assert found is not None
        assert (found.generator, found.prompt, found.model, found.model_hash) == (
            "Fooocus",
            "a fox",
            "jugger",
            "aeb7e9e689",
        )
        assert (found.seed, found.width, found.height) == (6952411511246973023, 768, 1280)
        assert found.loras == (LoraUse("sd_xl_offset", "4852686128", 0.1), LoraUse("other.safetensors", None, 0.5))


def test_invokeai_keeps_the_model_that_the_library_drops():
    text = json.dumps(
        {
            "positive_prompt": "oak",
            "negative_prompt": "grain",
            "scheduler": "euler",
            "steps": 35,
            "cfg_scale": 8,
            "seed": 3,
            "width": 1024,
            "height": 768,
            "model": {"name": "jugger", "hash": "blake3:ab", "key": "k"},
            "loras": [{"model": {"name": "ink"}, "weight": 0.7}],
        }
    )
    found = read_parameters(png(invokeai_metadata=text))
    assert found is not None
    assert (found.generator, found.prompt, found.model, found.model_hash) == (
        "InvokeAI",
        "oak",
        "jugger",
        "blake3:ab",
    )
    assert (found.sampler, found.scheduler, found.width) == ("euler", None, 1024)
    assert found.loras == (LoraUse("ink", None, 0.7),)


def hide(
    image: Image.Image, text: str, *, packed: bool = True, bands: str = "A", claim: int | None = None
) -> Image.Image:
    data = gzip.compress(text.encode()) if packed else text.encode()
    magic = {"A": (b"stealth_pnginfo", b"stealth_pngcomp"), "RGB": (b"stealth_rgbinfo", b"stealth_rgbcomp")}[bands][
        packed
    ]
    length = len(data) * 8 if claim is None else claim
    stream = magic + length.to_bytes(4, "big") + data
    bits = [byte >> shift & 1 for byte in stream for shift in range(7, -1, -1)]
    image = image.convert("RGBA") if bands == "A" else image
    loaded = image.load()
    for index in range(0, len(bits), len(bands)):
        x, y = divmod(index // len(bands), image.height)
        pixel = list(loaded[x, y])
        for offset, bit in enumerate(bits[index : index + len(bands)]):
            channel = 3 if bands == "A" else offset
            pixel[channel] = pixel[channel] & 0xFE | bit
        loaded[x, y] = tuple(pixel)
    return image


@pytest.mark.parametrize("packed", [True, False])
@pytest.mark.parametrize("bands", ["A", "RGB"])
def test_a_text_hidden_in_the_pixels_is_read_and_erased(packed: bool, bands: str):
    image = hide(
        Image.new("RGBA" if bands == "A" else "RGB", (120, 90), "white"),
        WORKED_EXAMPLE,
        packed=packed,
        bands=bands,
    )
    assert read_stealth(image) == WORKED_EXAMPLE
    check_worked_example(read_parameters(image))
    erased = erase_stealth(image)
    assert read_stealth(erased) is None
    assert read_parameters(erased) is None
    assert erased.getpixel((0, 0))[:3] in {(255, 255, 255), (254, 254, 254)}
    plain = Image.new("RGB", (20, 20))
    assert erase_stealth(plain) is plain


def test_a_hidden_text_is_bounded():
    bomb = hide(Image.new("RGBA", (800, 700)), "\x00" * 60_000_000)
    text = read_stealth(bomb)
    assert text is None or len(text) <= 1024 * 1024
    for claim in (0, 7, 2**32 - 8, 80_000):
        assert read_stealth(hide(Image.new("RGBA", (50, 50)), "x", claim=claim)) is None
    assert read_stealth(Image.new("RGBA", (1, 1))) is None
    assert read_stealth(Image.new("RGBA", (3, 500), (1, 1, 1, 1))) is None


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["3", "6"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["inputs", "class_type", "steps", "cfg", "positive", "model", "text", "image", "prompt", "loras"]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=15,
)


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "parameters",
                "prompt",
                "Comment",
                "Description",
                "Source",
                "sd__metadata",
                "Dream",
                "invokeai_metadata",
            ]
        ),
        st.text(max_size=30) | json_values.map(json.dumps),
        max_size=4,
    )
)
def test_no_chunk_makes_reading_fail(texts: dict[str, str]):
    image = Image.new("RGB", (4, 4))
    image.info.update({name.replace("__", "-"): text for name, text in texts.items()})
    found = read_parameters(image)
    if found is not None:
        json.dumps(published(found).as_dict(), allow_nan=False).encode()


@given(st.dictionaries(st.sampled_from("345678"), json_values, max_size=5), json_values)
def test_no_graph_makes_reading_fail(nodes: dict[str, object], inputs: object):
    image = Image.new("RGB", (4, 4))
    graph = {
        **nodes,
        "3": {"class_type": "KSampler", "inputs": {"steps": inputs, "cfg": inputs, "positive": ["4", 0]}},
    }
    image.info["prompt"] = json.dumps(graph)
    assert read_parameters(image) is not None


@pytest.mark.parametrize(
    "comment", [b"", b"UNICODE\x00", b"UNICODE\x00\xd8\x00", b"\xff" * 30, b"UNICODE\x00{" + b"[" * 5000]
)
def test_no_exif_makes_reading_fail(comment: bytes):
    assert read_parameters(with_exif("JPEG", comment)) is None


def test_what_is_published_names_no_folder_key_or_address():
    private = GenerationParameters(
        "ComfyUI",
        prompt="cat, api_key=abcd1234efgh5678 from C:\\Users\\zhang\\x.txt, mail zhang@example.test",
        negative_prompt="/home/zhang/prompts/neg.txt, hf_abcdefghijklmnopqrstu",
        model="D:\\zhang\\models\\base.safetensors",
        loras=(LoraUse("/mnt/zhang/loras/mi.safetensors", "ab", 1.0),),
        raw={"Path": "/home/zhang"},
    )
    shown = published(private)
    text = json.dumps(shown.as_dict())
    for secret in ("zhang", "abcd1234", "hf_abc"):
        assert secret not in text
    assert shown.model == "base.safetensors"
    assert shown.loras == (LoraUse("mi.safetensors", "ab", 1.0),)
    assert shown.prompt.startswith("cat, ")
    assert published(shown) == shown


def test_ordinary_prompts_are_published_unchanged():
    for prompt in (
        "1girl, (masterpiece:1.2), <lora:foo:0.8>, red/blue hair, w/ hat, 16:9, key_visual, :d, ^_^",
        "A photo of token ohwx man, secret garden, 3/4 view, and/or",
    ):
        assert published(GenerationParameters("A1111", prompt=prompt)).prompt == prompt
