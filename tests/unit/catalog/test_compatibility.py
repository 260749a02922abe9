"""Will it run: from the base-model family and the file's size."""

import pytest

from services.catalog.domain.base_models import base_models
from services.catalog.domain.compatibility import Loads, answer, interface_names
from services.catalog.domain.listings import PERMISSION_BITS, bits_for, named, permission_bits, price_band
from services.catalog.domain.products import Permissions

MIB = 1024**2


@pytest.mark.parametrize(
    ("made_for", "has", "loads"),
    [
        ("sdxl-1.0", "sdxl-1.0", Loads.YES),
        ("illustrious", "sdxl-1.0", Loads.DIFFERS),
        ("sdxl-1.0", "sd-1.5", Loads.NO),
        ("sdxl-1.0", None, Loads.UNKNOWN),
        (None, "sdxl-1.0", Loads.UNKNOWN),
        ("sdxl-1.0", "made up", Loads.UNKNOWN),
        ("other", "other", Loads.UNKNOWN),
    ],
)
def test_families_decide_what_loads(made_for: str | None, has: str | None, loads: Loads) -> None:
    assert answer(made_for, 100 * MIB, asked=has).loads is loads


def test_every_base_model_gets_an_answer_that_grows_with_the_file() -> None:
    for key in base_models():
        small, large = answer(key, 10 * MIB).memory, answer(key, 4096 * MIB).memory
        assert len(answer(key, 10 * MIB).interfaces) == len(interface_names())
        assert [one.precision for one in small] in ([], ["16-bit", "8-bit"])
        for one, other in zip(small, large, strict=True):
            assert other.gib >= one.gib > 0
            assert one.fits is None


def test_memory_is_near_what_people_see() -> None:
    sd1, sdxl, flux = (answer(key, 150 * MIB).memory for key in ("sd-1.5", "sdxl-1.0", "flux.1-d"))
    assert 2 < sd1[0].gib < 5
    assert 6 < sdxl[0].gib < 10
    assert 20 < flux[0].gib < 30
    assert 12 < flux[1].gib < 17


def test_a_card_fits_or_does_not() -> None:
    assert [one.fits for one in answer("flux.1-d", 150 * MIB, vram=16).memory] == [False, True]


@pytest.mark.parametrize(("price", "band"), [(0, 0), (1, 1), (1000, 1), (1001, 2), (3000, 2), (10_000, 3), (10_001, 4)])
def test_a_price_has_one_band(price: int, band: int) -> None:
    assert price_band(price) == band


def test_permissions_are_bits_a_buyer_may_look_for() -> None:
    assert named(permission_bits(Permissions())) == []
    generous = Permissions(
        credit_required=False, sell_images=True, commercial_use=True, derivatives=True, redistribute=True
    )
    assert named(permission_bits(generous)) == list(PERMISSION_BITS)
    assert bits_for(("sell_images", "sell_images")) == PERMISSION_BITS["sell_images"]
