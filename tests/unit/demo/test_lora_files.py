"""The demo's LoRA files, read by the library of the format's own makers."""

import hashlib
import json

import pytest
from safetensors import safe_open

from deploy.demo.lora_files import BODY_BYTES, lora_file_name, lora_hash, lora_used, write_lora
from deploy.demo.packs import iter_products, product_named
from deploy.demo.products import DemoKind

LORAS = tuple(product for product in iter_products() if product.kind is DemoKind.LORA)
every_lora = pytest.mark.parametrize("product", LORAS, ids=lambda product: product.key)


def _body(path):
    data = path.read_bytes()
    return data[8 + int.from_bytes(data[:8], "little") :]


@every_lora
def test_a_file_is_valid_to_the_formats_own_library(product, tmp_path):
    path = tmp_path / lora_file_name(product, 0)
    write_lora(product, 0, path)
    with safe_open(path, framework="numpy") as file:
        metadata, names = file.metadata(), list(file.keys())
        down = [name for name in names if ".lora_down." in name or ".lora_A." in name]
        up = [name for name in names if ".lora_up." in name or ".lora_B." in name]
        assert len(down) == len(up) >= 2
        assert {file.get_slice(name).get_shape()[0] for name in down} == {product.lora.rank}
        assert {file.get_slice(name).get_shape()[1] for name in up} == {product.lora.rank}
        assert {file.get_slice(name).get_dtype() for name in names} == {"F16"}
    assert metadata["ss_network_dim"] == str(product.lora.rank)
    assert metadata["modelspec.trigger_phrase"] == product.lora.trigger
    assert "Demonstration" in metadata["modelspec.description"]


@every_lora
def test_the_hashes_in_a_header_are_those_of_its_tensors(product, tmp_path):
    path = tmp_path / "file.safetensors"
    write_lora(product, 0, path)
    digest = hashlib.sha256(_body(path)).hexdigest()
    with safe_open(path, framework="numpy") as file:
        metadata = file.metadata()
    assert metadata["sshs_model_hash"] == digest
    assert metadata["modelspec.hash_sha256"] == f"0x{digest}"
    assert lora_hash(product, 0) == digest[:12]


@every_lora
def test_a_file_stays_small_enough_for_a_quick_first_start(product, tmp_path):
    path = tmp_path / "file.safetensors"
    write_lora(product, 0, path)
    assert BODY_BYTES // 4 < path.stat().st_size < BODY_BYTES + 60_000


def test_a_header_tells_its_training_words_and_a_folder_to_mask(tmp_path):
    product = product_named("shuimo-yunqi")
    path = tmp_path / "file.safetensors"
    write_lora(product, 0, path)
    with safe_open(path, framework="numpy") as file:
        metadata = file.metadata()
    frequency = json.loads(metadata["ss_tag_frequency"])
    folders = json.loads(metadata["ss_dataset_dirs"])
    assert frequency.keys() == folders.keys() == {"12_shuimo_shanshui"}
    assert frequency["12_shuimo_shanshui"]["qm_shuimo"] == folders["12_shuimo_shanshui"]["img_count"] == 42
    assert metadata["ss_sd_model_name"].startswith("D:/demo-studio/")


def test_the_same_version_gives_the_same_bytes_and_another_version_other_tensors(tmp_path):
    product = product_named("shuimo-yunqi")
    paths = [tmp_path / name for name in ("a", "b", "c")]
    for path, version in zip(paths, (0, 0, 1), strict=True):
        write_lora(product, version, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert _body(paths[0]) != _body(paths[2])


def test_a_prompts_tag_leads_to_the_file_it_means():
    product = product_named("shuimo-yunqi")
    assert lora_used("ink <lora:qm_shuimo_v1:0.8>") == ("qm_shuimo_v1", "0.8", lora_hash(product, 1))
    assert lora_used("no tag") is None


def test_what_is_no_lora_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no LoRA"):
        write_lora(product_named("guangxian-cidian"), 0, tmp_path / "x")
