"""Files that nobody here made, as two public packages ship them: a network in safetensors and as a torch archive,
and pictures of five generators with their metadata.
"""

import json
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
import safetensors
from PIL import Image
from sd_parsers import ParserManager

from shared.files.formats import Kind, detect
from shared.files.generation import read_parameters
from shared.files.problems import FileRefused
from shared.files.safetensors import TracedCopy, hashes, read_header, read_lora, read_trace

pytestmark = pytest.mark.registry

PICTURES = "sd-parsers==0.5 --hash=sha256:c722798b8d8e77f9c78d8909f23d287a572a85fe8dac453d36567fccdfde6053"
NETWORK = "silero-vad==6.2.3 --hash=sha256:7b7f5436cfcb02fae583a05b512ea96467fd449fe54cb49a5e4f06c51a1e43b8"


def downloaded(requirement: str, folder: Path, *options: str) -> Path:
    wanted = folder / "wanted.txt"
    wanted.write_text(requirement)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--require-hashes", *options]
    name = requirement.partition(" ")[0]
    try:
        found = subprocess.run(
            [*command, "-r", wanted, "-d", folder], check=False, capture_output=True, text=True, timeout=100
        )
    except subprocess.TimeoutExpired:
        pytest.skip(f"no package registry answered for {name} within 100 s")
    if "do not match the hashes" in found.stderr.lower():
        pytest.fail(found.stderr)
    if found.returncode:
        pytest.skip(f"no package registry could be asked for {name}")
    return next(path for path in folder.iterdir() if path != wanted)


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    with tarfile.open(downloaded(PICTURES, folder, "--no-binary", "sd-parsers")) as archive:
        archive.extractall(folder / "unpacked", filter="data")
    return folder / "unpacked/sd_parsers-0.5/tests/resources/parsers"


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("network")
    with zipfile.ZipFile(downloaded(NETWORK, folder)) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked/silero_vad/data"


def test_a_public_packages_safetensors_file_is_read_as_its_library_reads_it(network: Path):
    path = network / "silero_vad_16k.safetensors"
    with path.open("rb") as file:
        assert detect(file) is Kind.SAFETENSORS
        header = read_header(file, path.stat().st_size)
        found = hashes(file)
    theirs = dict(safetensors.deserialize(path.read_bytes()))
    assert {name: list(tensor.shape) for name, tensor in header.tensors.items()} == {
        name: list(tensor["shape"]) for name, tensor in theirs.items()
    }
    assert (found.autov2, found.autov3) == ("C59271C284", "9209D82DE83A")
    facts = read_lora(header)
    assert (facts.tensor_count, facts.parameters, facts.dtype) == (15, 309_633, "F32")
    assert not facts.kind.is_adapter


def test_a_traced_copy_of_it_loads_in_the_library_and_names_its_order(network: Path, tmp_path: Path):
    path = network / "silero_vad_16k.safetensors"
    data = path.read_bytes()
    with path.open("rb") as file:
        copy = TracedCopy(read_header(file, len(data)), {"huafang.order": "019a"})
    target = tmp_path / "copy.safetensors"
    target.write_bytes(b"".join(copy.read(0, copy.size, lambda offset, length: data[offset : offset + length])))
    with safetensors.safe_open(target, framework="numpy") as opened:
        assert opened.metadata()["huafang.order"] == "019a"
        assert len(list(opened.keys())) == 15
    with target.open("rb") as file:
        assert hashes(file).autov3 == "9209D82DE83A"
        assert read_trace(file) == {"huafang.order": "019a"}


def test_the_same_networks_torch_archive_is_refused(network: Path):
    with (network / "silero_vad.jit").open("rb") as file, pytest.raises(FileRefused) as refused:
        detect(file)
    assert refused.value.slug == "pickle-refused"


EXPECTED = {
    "AUTOMATIC1111/automatic1111_cropped.png": ("A1111", 15, "UniPC", 5.0, 235284042, "c0d1994c73"),
    "AUTOMATIC1111/automatic1111_cropped.jpg": ("A1111", 15, "UniPC", 5.0, 235284042, "c0d1994c73"),
    "ComfyUI/img2img_cropped.png": ("ComfyUI", 20, "sample_dpmpp_2m", 8.0, 280823642470253, None),
    "ComfyUI/night_evening_day_morning_cropped.png": ("ComfyUI", 13, "dpmpp_sde", 8.5, 335608130539327, None),
    "ComfyUI/noisy_latents_3_subjects_cropped.png": (
        "ComfyUI",
        16,
        "sample_dpmpp_sde",
        7.0,
        890421140397575,
        None,
    ),
    "ComfyUI/unclip_2pass_cropped.png": ("ComfyUI", 26, "uni_pc_bh2", 8.0, 1106257833005336, None),
    "Fooocus/fooocus1_cropped.png": ("Fooocus", 30, "dpmpp_2m_sde_gpu", 4.0, 6952411511246973023, "aeb7e9e689"),
    "InvokeAI/invokeai_dream1.png": ("InvokeAI", 50, "k_lms", 5.0, 2980747362, None),
    "InvokeAI/invokeai_imeta1.png": ("InvokeAI", 35, "euler", 8.0, 3293022630, None),
    "NovelAI/novelai1_cropped.png": ("NovelAI", 50, "k_euler_ancestral", 10.0, 2253955223, "1D44365E"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_pictures_of_five_generators_are_read(pictures: Path, name: str):
    with Image.open(pictures / name) as image:
        image.load()
        found = read_parameters(image)
        theirs = ParserManager().parse(image)
    assert found is not None
    values = (found.generator, found.steps, found.sampler, found.cfg, found.seed, found.model_hash)
    assert values == EXPECTED[name]
    assert theirs is not None
    assert found.sampler in {sampler.name for sampler in theirs.samplers}
    if found.prompt and found.generator != "ComfyUI":
        assert found.prompt == ", ".join(prompt.value for prompt in theirs.prompts).strip()
    json.dumps(found.as_dict())
