"""The demo's pictures: seeded, filled to their edges, alike at any size."""

import numpy as np
import pytest

from deploy.demo.pictures import KINDS, draw

every_kind = pytest.mark.parametrize("kind", KINDS)


def _pixels(kind, seed, width=160, height=200):
    return np.asarray(draw(kind, seed, width, height), dtype=np.float32)


def test_there_are_at_least_fourteen_kinds():
    assert len(KINDS) >= 14


@every_kind
def test_the_same_seed_gives_the_same_pixels_and_another_seed_does_not(kind):
    first = _pixels(kind, 7)
    assert np.array_equal(first, _pixels(kind, 7))
    assert not np.array_equal(first, _pixels(kind, 8))


@every_kind
def test_a_picture_has_contrast_but_is_not_torn(kind):
    pixels = _pixels(kind, 3)
    assert 6 < pixels.std() < 115
    assert 12 < pixels.mean() < 250


@every_kind
def test_no_part_of_a_picture_is_left_empty(kind):
    light = _pixels(kind, 5).mean(axis=2)
    cells = light.reshape(5, 40, 4, 40).swapaxes(1, 2).reshape(20, -1)
    assert cells.std(axis=1).min() > 0.25


@every_kind
def test_the_edges_of_a_picture_show_no_seam(kind):
    pixels = _pixels(kind, 2, 256, 320)
    for turned in (pixels, pixels[::-1], pixels.swapaxes(0, 1), pixels.swapaxes(0, 1)[::-1]):
        steps = np.abs(np.diff(turned[:24], axis=0)).mean(axis=(1, 2))
        assert steps[0] <= 3 * np.median(steps) + 12


@every_kind
def test_a_picture_is_the_same_composition_at_any_size(kind):
    small, large = draw(kind, 11, 200, 250), draw(kind, 11, 400, 500)
    coarse = [np.asarray(image.resize((20, 25)).convert("L"), dtype=np.float32) for image in (small, large)]
    assert np.abs(coarse[0] - coarse[1]).mean() < 16


@pytest.mark.parametrize(("width", "height"), [(300, 120), (64, 200), (150, 150)])
@every_kind
def test_a_picture_has_the_size_that_was_asked_for(kind, width, height):
    image = draw(kind, 1, width, height)
    assert (image.size, image.mode) == ((width, height), "RGB")


def test_a_picture_too_small_to_draw_is_refused():
    with pytest.raises(ValueError, match="64 pixels"):
        draw("koi", 1, 63, 300)


def test_an_unknown_kind_is_refused():
    with pytest.raises(KeyError):
        draw("portrait", 1, 100, 100)
