"""Cutting out a product: images of any size and content, soft edges, backgrounds of many kinds."""

import numpy as np
import pytest

from prodgen_sdk import images
from prodgen_sdk.errors import InvalidImage
from prodgen_sdk.images.cutout.finding import find_product
from prodgen_sdk.images.cutout.matting import cut_out

SHAPES = ((1, 1), (1, 40), (2, 2), (3, 300), (17, 16), (220, 220))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("content", ["white", "black", "noise", "pixel", "half", "grain"])
def test_an_image_of_any_size_and_content_has_a_matte_or_none(shape, content):
    rng = np.random.default_rng(0)
    picture = np.full((*shape, 3), 0 if content == "black" else 255, np.uint8)
    if content == "noise":
        picture = rng.integers(0, 256, picture.shape, dtype=np.uint8)
    if content == "grain":
        picture = (250 + rng.normal(0, 3, picture.shape)).clip(0, 255).astype(np.uint8)
    if content == "pixel":
        picture[shape[0] // 2, shape[1] // 2] = 0
    if content == "half":
        picture[:, : shape[1] // 2] = 20
    cut = cut_out(picture)
    if content in ("white", "black"):
        assert cut is None
    if cut is not None:
        assert cut.rgb.shape == picture.shape
        assert cut.alpha.shape == cut.shade.shape == shape
        assert np.isfinite(cut.shade).all()
        assert 0 <= cut.alpha.min() <= cut.alpha.max() <= 1


@pytest.mark.parametrize("shape", SHAPES)
def test_alpha_is_taken_as_it_is(shape):
    picture = np.full((*shape, 4), 90, np.uint8)
    picture[..., 3] = 0
    assert cut_out(picture) is None
    picture[0, 0, 3] = 51
    cut = cut_out(picture)
    assert cut is not None
    assert (cut.alpha > 0).sum() == 1
    assert cut.alpha[0, 0] == pytest.approx(0.2)
    assert (cut.rgb == 90).all()


def test_a_grey_plane_is_told():
    with pytest.raises(InvalidImage):
        cut_out(np.zeros((20, 20), np.uint8))


def test_a_large_photo_is_cut_out_at_its_full_size():
    y, x = np.mgrid[:1600, :1200]
    ball = (x - 600) ** 2 + (y - 800) ** 2 < 350**2
    cut = cut_out(np.where(ball[..., None], np.uint8([160, 40, 40]), np.uint8([236, 238, 240])), longest=512)
    assert cut is not None
    found = cut.alpha > 0.5
    assert (found & ball).sum() / (found | ball).sum() > 0.995


@pytest.mark.parametrize("level", [90, 200, 250])
def test_a_background_that_darkens_and_has_grain_is_no_product(level):
    y, x = np.mgrid[:300, :300] / 300
    box = (np.abs(x - 0.5) < 0.2) & (np.abs(y - 0.5) < 0.25)
    ground = level * (1 - 0.15 * y)[..., None] * (1, 0.98, 0.96)
    photo = np.where(box[..., None], (30, 110, 60), ground) + np.random.default_rng(1).normal(0, 2.5, (300, 300, 3))
    found = find_product(photo.clip(0, 255).astype(np.uint8)).mask
    assert (found & box).sum() / (found | box).sum() > 0.97


def test_images_is_transparent_needs_a_pixel_that_is_half_clear():
    picture = np.full((4, 4, 4), 200, np.uint8)
    assert not images.is_transparent(picture)
    picture[1, 1, 3] = 127
    assert images.is_transparent(picture)
