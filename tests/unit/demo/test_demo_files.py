"""The demo's files as one finds them on disk: readable by others' tools, marked, and the same every time."""

import csv
import dataclasses
import io
import json
import re
import zipfile

import pytest
from PIL import Image
from pypdf import PdfReader
from sd_parsers import ParserManager

from deploy.demo.dictionary_files import dictionary_file_name, write_dictionary
from deploy.demo.files import write_all, write_files
from deploy.demo.generation_text import a1111_text
from deploy.demo.lora_files import lora_hash
from deploy.demo.packs import iter_products, product_named
from deploy.demo.picture_files import picture_file_name, write_picture
from deploy.demo.preset_files import write_presets
from deploy.demo.products import MARK_ZH, DemoKind

# The grammar of A1111's last line, as its own parser has it.
PARAMETER = re.compile(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
A1111 = [sample for product in iter_products() for sample in product.samples if sample.tool == "a1111"]


def _small(product):
    """The product with pictures of a size that is quick to draw."""
    samples = tuple(dataclasses.replace(sample, width=160, height=200) for sample in product.samples)
    return dataclasses.replace(product, samples=samples)


def _written(product, index, folder):
    path = folder / picture_file_name(product, index)
    write_picture(product, index, path)
    return path


@pytest.mark.parametrize("sample", A1111, ids=lambda sample: f"{sample.kind}-{sample.seed}")
def test_the_parameters_follow_the_grammar_of_a1111(sample):
    *words, last = a1111_text(sample).split("\n")
    found = dict(PARAMETER.findall(last))
    assert len(found) >= 3
    assert (found["Steps"], found["Sampler"]) == (str(sample.steps), sample.sampler)
    assert (found["Seed"], found["Size"]) == (str(sample.seed), f"{sample.width}x{sample.height}")
    assert float(found["CFG scale"]) == sample.cfg
    assert words[0] == sample.prompt
    assert words[1:] == ([f"Negative prompt: {sample.negative}"] if sample.negative else [])
    assert ("Lora hashes" in found) == ("<lora:" in sample.prompt)


def test_a_lora_hash_in_the_parameters_is_that_of_the_file():
    product = product_named("shuimo-yunqi")
    found = dict(PARAMETER.findall(a1111_text(product.samples[0]).split("\n")[-1]))
    assert json.loads(found["Lora hashes"]) == f"qm_shuimo_v1: {lora_hash(product, 1)}"


@pytest.mark.parametrize(
    ("key", "index", "generator"),
    [
        ("shuimo-yunqi", 0, "AUTOMATIC1111"),
        ("shuimo-yunqi", 2, "AUTOMATIC1111"),
        ("shuimo-yunqi", 1, "ComfyUI"),
        ("momei", 0, "NovelAI"),
        ("jinli-lianye", 0, "Fooocus"),
    ],
)
def test_a_pictures_parameters_are_read_by_a_parser_that_is_not_ours(key, index, generator, tmp_path):
    product = _small(product_named(key))
    found = ParserManager().parse(_written(product, index, tmp_path))
    sample = product.samples[index]
    assert found is not None
    assert found.generator.value == generator
    assert sample.prompt in str(found.samplers[0].prompts[0].value)


@pytest.mark.parametrize(("key", "index"), [("shuimo-yunqi", 0), ("shuimo-yunqi", 2), ("yuye-cheng", 1)])
def test_a_picture_says_that_it_is_a_demo_in_every_format(key, index, tmp_path):
    with Image.open(_written(_small(product_named(key)), index, tmp_path)) as image:
        image.load()
        said = image.info.get("Disclaimer") or image.getexif()[0x010E]
    assert "Huafang's own code" in said


def test_a_comfyui_webp_keeps_its_graph_where_that_tool_puts_it(tmp_path):
    product = _small(product_named("yuye-cheng"))
    with Image.open(_written(product, 1, tmp_path)) as image:
        exif = image.getexif()
    graph = json.loads(exif[0x0110].removeprefix("prompt:"))
    assert graph["6"]["inputs"]["seed"] == product.samples[1].seed
    assert graph["2"]["inputs"]["lora_name"] == "yuye-cheng-v1.0.safetensors"
    assert json.loads(exif[0x010F].removeprefix("workflow:"))["links"]


@pytest.mark.parametrize("index", [0, 1])
def test_an_ai_label_of_the_producers_own_is_there_to_be_kept(index, tmp_path):
    with Image.open(_written(_small(product_named("dunhuang-yunqi")), index, tmp_path)) as image:
        image.load()
        xmp = image.info["xmp"]
    assert "TC260:AIGC" in (xmp if isinstance(xmp, str) else xmp.decode())


def _dictionary(key, folder):
    product = _small(product_named(key))
    path = folder / dictionary_file_name(product)
    write_dictionary(product, path)
    return path.read_bytes()


def test_a_csv_dictionary_is_read_by_a_spreadsheet(tmp_path):
    rows = list(csv.reader(io.StringIO(_dictionary("guangxian-cidian", tmp_path).decode())))
    assert rows[0][2] == "prompt"
    assert len(rows) > 60
    assert {len(row) for row in rows} == {5}
    assert rows[-1][4] == MARK_ZH


def test_a_json_dictionary_has_groups_of_entries(tmp_path):
    document = json.loads(_dictionary("jingtou-cidian", tmp_path))
    assert document["about"]["zh"] == MARK_ZH
    assert sum(len(group["entries"]) for group in document["groups"]) >= 60


def test_a_markdown_dictionary_has_a_table_a_group(tmp_path):
    text = _dictionary("shuimo-jifa", tmp_path).decode()
    assert text.count("\n## ") == text.count("| --- | --- | --- |") >= 5
    assert MARK_ZH in text


def test_a_pdf_dictionary_can_be_read_and_searched(tmp_path):
    reader = PdfReader(io.BytesIO(_dictionary("hanfu-mianliao", tmp_path)))
    words = "".join(page.extract_text() for page in reader.pages)
    assert reader.metadata.title == "汉服面料与形制词典"
    assert "plain-woven silk" in words
    assert "妆花" in words
    assert MARK_ZH[:6] in words


def test_a_preset_pack_holds_a_readme_and_its_presets(tmp_path):
    product = product_named("chuangguang-yushe")
    write_presets(product, tmp_path / "pack.zip")
    with zipfile.ZipFile(tmp_path / "pack.zip") as pack:
        names = pack.namelist()
        assert MARK_ZH in pack.read("README.md").decode()
        preset = json.loads(pack.read(names[1]))
    assert len(names) == 13
    assert preset["prompt"]
    assert preset["steps"] == product.samples[0].steps


@pytest.mark.parametrize("key", ["feibai", "yuye-yushe", "caizhi-jili", "zhishang-gongfu"])
def test_a_products_files_are_the_same_bytes_every_time(key, tmp_path):
    product = _small(product_named(key))
    first, second = (write_files(product, tmp_path / name) for name in ("first", "second"))
    assert len(first.pictures) == len(product.samples)
    assert len(first.versions) == (0 if product.kind is DemoKind.BUNDLE else len(product.versions))
    for one, other in zip(first.versions + first.pictures, second.versions + second.pictures, strict=True):
        assert one.read_bytes() == other.read_bytes()


def test_progress_is_told_piece_by_piece_until_all_is_done(tmp_path):
    products = [_small(product_named(key)) for key in ("feibai", "shuimo-yunqi", "guang-yu-ye")]
    told = []
    files = write_all(tmp_path, told.append, products, workers=1)
    assert list(files) == ["feibai", "shuimo-yunqi", "guang-yu-ye"]
    assert [step.done for step in told] == [4, 9, 10]
    assert {step.total for step in told} == {10}


def test_two_processes_make_the_same_files_as_one(tmp_path):
    products = [_small(product_named(key)) for key in ("wuzhu", "zhumei-xiaopin")]
    alone = write_all(tmp_path / "alone", lambda _: None, products, workers=1)
    shared = write_all(tmp_path / "shared", lambda _: None, products, workers=2)
    for key in ("wuzhu", "zhumei-xiaopin"):
        assert [path.read_bytes() for path in alone[key].pictures] == [
            path.read_bytes() for path in shared[key].pictures
        ]
