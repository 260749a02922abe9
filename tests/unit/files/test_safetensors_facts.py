import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.files.safetensors import (
    BASE_MODELS,
    AdapterKind,
    Header,
    Tensor,
    base_model_named,
    family_of,
    published_metadata,
    read_header,
    read_lora,
)
from shared.files.safetensors.publishing import MINIMUM
from tests.unit.files.making import NEKO_METADATA, lora_file, opened


def header_of(metadata: dict[str, str], shapes: dict[str, tuple[int, ...]] | None = None) -> Header:
    tensors = {name: Tensor("F16", shape, 0, 0) for name, shape in (shapes or {}).items()}
    return Header(metadata, tensors, 8, 0)


def test_a_kohya_lora_tells_what_it_is():
    data = lora_file()
    facts = read_lora(read_header(opened(data), len(data)))
    assert (facts.kind, facts.layout) == (AdapterKind.LORA, "kohya")
    assert (facts.base_model, facts.family) == ("SDXL 1.0", "SDXL")
    assert (facts.rank, facts.alpha, facts.dtype) == (32, 16.0, "F16")
    assert facts.title == "neko_style"
    assert facts.parameters == 1 + 32 * 2048 + 640 * 32
    assert facts.tensor_count == 3
    assert not facts.trains_text_encoder
    training = facts.training
    assert (training.images, training.epochs, training.steps, training.seed) == (300, 10, 3000, 42)
    assert (training.resolution, training.optimizer) == ((1024, 1024), "AdamW8bit")
    assert training.learning_rate == pytest.approx(0.0001)
    assert training.started_at == datetime(2023, 11, 14, 22, 13, 20, 500000, tzinfo=UTC)
    assert training.finished_at is None


def test_the_tag_on_every_caption_is_the_trigger_word():
    assert read_lora(header_of(NEKO_METADATA)).trigger_words == ("nekogirl",)


def test_without_image_counts_the_most_frequent_tag_is_suggested():
    metadata = {"ss_tag_frequency": json.dumps({"a": {"x": 3, "y": 5}, "b": {"z": 2}})}
    assert read_lora(header_of(metadata)).trigger_words == ("y", "z")


def test_tags_of_every_picture_of_the_kind_come_last():
    metadata = {
        "ss_tag_frequency": json.dumps({"d": {"1girl": 9, "ohwx": 9}}),
        "ss_dataset_dirs": json.dumps({"d": {"img_count": 9}}),
    }
    assert read_lora(header_of(metadata)).trigger_words == ("ohwx", "1girl")


def test_a_stated_trigger_phrase_goes_before_counting():
    metadata = {**NEKO_METADATA, "modelspec.trigger_phrase": "mi yu, 雨夜 , mi yu"}
    assert read_lora(header_of(metadata)).trigger_words == ("mi yu", "雨夜")


@pytest.mark.parametrize(
    ("names", "kind", "layout", "rank"),
    [
        ({"lora_te1_x.lora_down.weight": (8, 768), "lora_te1_x.lora_up.weight": (768, 8)}, "LoRA", "kohya", 8),
        ({"transformer.a.lora_A.weight": (16, 3072), "transformer.a.lora_B.weight": (9, 16)}, "LoRA", "peft", 16),
        ({"unet.a.lora_A.default.weight": (4, 9)}, "LoRA", "peft", 4),
        ({"u.lora_down.weight": (4, 9), "u.dora_scale": (9, 1)}, "DoRA", "kohya", 4),
        ({"u.hada_w1_a": (9, 6), "u.hada_w1_b": (6, 9), "u.hada_w2_a": (9, 6)}, "LoHa", "lycoris", 6),
        ({"u.lokr_w1": (4, 4), "u.lokr_w2_a": (9, 3), "u.lokr_w2_b": (3, 9)}, "LoKr", "lycoris", 3),
        ({"model.diffusion_model.input_blocks.0.0.weight": (320, 4, 3, 3)}, "checkpoint", None, None),
        ({"emb_params": (8, 768)}, "embedding", None, None),
        ({"whatever": (1,)}, "unknown", None, None),
    ],
)
def test_the_kind_comes_from_the_tensor_names(names, kind, layout, rank):
    facts = read_lora(header_of({}, names))
    assert (facts.kind, facts.layout, facts.rank) == (kind, layout, rank)
    assert facts.kind.is_adapter == (layout is not None)


@pytest.mark.parametrize(
    ("metadata", "base_model", "family"),
    [
        ({"ss_base_model_version": "sd_v1"}, "SD 1.5", "SD 1"),
        ({"ss_base_model_version": "sd_v2_v"}, "SD 2.1", "SD 2"),
        ({"ss_base_model_version": "sdxl_base_v1-0"}, "SDXL 1.0", "SDXL"),
        ({"ss_base_model_version": "flux1"}, "Flux.1 D", "Flux.1"),
        (
            {"ss_base_model_version": "flux1", "modelspec.architecture": "flux-1-schnell/lora"},
            "Flux.1 S",
            "Flux.1",
        ),
        ({"ss_base_model_version": "chroma"}, "Chroma", "Chroma"),
        ({"ss_base_model_version": "lumina2"}, "Lumina", "Lumina"),
        ({"ss_base_model_version": "3-5-large"}, "SD 3.5 Large", "SD 3.5"),
        ({"modelspec.architecture": "stable-diffusion-v1/lora"}, "SD 1.5", "SD 1"),
        ({"modelspec.architecture": "stable-diffusion-v2-768-v/lora"}, "SD 2.1", "SD 2"),
        ({"modelspec.architecture": "stable-diffusion-xl-v1-base/lora"}, "SDXL 1.0", "SDXL"),
        ({"modelspec.architecture": "anima-preview/lora"}, "Anima", "Anima"),
        ({"modelspec.architecture": "hunyuan-image-2.1/lora"}, None, "Other"),
        ({}, None, "Other"),
    ],
)
def test_the_base_model_comes_from_what_the_trainer_wrote(metadata, base_model, family):
    facts = read_lora(header_of(metadata))
    assert (facts.base_model, facts.family) == (base_model, family)


@pytest.mark.parametrize(("width", "base_model"), [(768, "SD 1.5"), (1024, "SD 2.1"), (2048, "SDXL 1.0"), (5, None)])
def test_without_metadata_the_cross_attention_tells_the_generation(width, base_model):
    data = lora_file({}, width=width)
    assert read_lora(read_header(opened(data), len(data))).base_model == base_model


def test_pony_and_illustrious_share_the_family_of_sdxl():
    assert {family_of(name) for name in ("SDXL 1.0", "Pony", "Illustrious", "NoobAI")} == {"SDXL"}
    assert family_of("Flux.1 D") != family_of("SDXL 1.0")
    assert all(base_model_named(name) is None or name in BASE_MODELS for name in BASE_MODELS)


def test_private_names_are_not_published():
    metadata = {
        **NEKO_METADATA,
        "ss_dataset_dirs": json.dumps({"10_wangfang": {"n_repeats": 10, "img_count": 30}}),
        "ss_tag_frequency": json.dumps({"10_wangfang": {"ohwx": 30}}),
        "ss_datasets": json.dumps([{"subsets": [{"image_dir": "10_wangfang", "img_count": 30}], "resolution": [1, 2]}]),
        "ss_network_args": json.dumps({"conv_dim": "4", "preset": "/home/zhang/presets/full.toml"}),
        "ss_vae_name": "/mnt/zhang/vae/sdxl_vae.safetensors",
        "ss_training_comment": "made from D:\\photos\\wangfang, mail zhang@example.test",
        "ssmd_cover_images": "[...]",
        "modelspec.thumbnail": "data:image/jpeg;base64,AAAA",
        "workflow": "{}",
    }
    published = published_metadata(metadata)
    text = json.dumps(published)
    assert "zhang" not in text
    assert "wangfang" not in text
    assert not {"ssmd_cover_images", "modelspec.thumbnail", "workflow"} & set(published)
    assert published["ss_sd_model_name"] == "base.safetensors"
    assert published["ss_vae_name"] == "sdxl_vae.safetensors"
    assert json.loads(published["ss_dataset_dirs"]) == {"dataset_1": {"n_repeats": 10, "img_count": 30}}
    assert json.loads(published["ss_tag_frequency"]) == {"dataset_1": {"ohwx": 30}}
    assert json.loads(published["ss_datasets"])[0]["subsets"] == [{"image_dir": "dataset_1", "img_count": 30}]
    assert json.loads(published["ss_network_args"]) == {"conv_dim": "4", "preset": "full.toml"}
    assert published_metadata(published) == published


def test_what_loading_needs_is_kept():
    metadata = dict.fromkeys(MINIMUM, "1") | {"ss_network_args": '{"algo": "lokr"}'}
    assert published_metadata(metadata) == metadata


hostile = st.text(max_size=30) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
).map(json.dumps)


@given(st.dictionaries(st.sampled_from([*NEKO_METADATA, "modelspec.tags", "ss_datasets"]), hostile))
def test_no_metadata_makes_reading_or_publishing_fail(metadata: dict[str, str]):
    read_lora(header_of(metadata))
    published = published_metadata(metadata)
    assert "\x00" not in "".join(published.values())
    json.dumps(published).encode()


def test_metadata_nested_a_thousand_deep_is_left_out():
    deep = "[" * 100_000
    assert "ss_datasets" not in published_metadata({"ss_datasets": deep})
    nested = "[" * 200 + "]" * 200
    assert published_metadata({"ss_datasets": nested})
    assert read_lora(header_of({"ss_tag_frequency": deep})).trigger_words == ()
