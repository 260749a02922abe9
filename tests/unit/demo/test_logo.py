"""The seal and the small pictures of empty pages: well-formed, without fonts or scripts."""

import re
from xml.etree import ElementTree

import pytest

from deploy.demo.logo import STATIC, write

DRAWN = (
    "logo.svg",
    "favicon.svg",
    "empty-cart.svg",
    "empty-library.svg",
    "empty-orders.svg",
    "empty-search.svg",
    "empty-error.svg",
)


def test_the_seal_in_the_storefront_is_the_one_drawn_here(tmp_path):
    write(tmp_path)
    for name in ("logo.svg", "favicon.svg"):
        assert (tmp_path / name).read_text() == (STATIC / name).read_text()
    assert (tmp_path / "apple-touch-icon.png").stat().st_size > 500


@pytest.mark.parametrize("name", DRAWN)
def test_a_drawing_is_well_formed_and_needs_no_font_script_or_other_file(name):
    text = (STATIC / name).read_text()
    tags = {element.tag.rpartition("}")[2] for element in ElementTree.fromstring(text).iter()}
    assert not tags & {"text", "script", "image", "use", "foreignObject"}
    assert not re.search(r"href|url\((?!#)", text)
