"""The background behind a painted product, and the product that stays as it is before a new one."""

import numpy as np
import pytest

pytest.importorskip("scipy")

from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_diffusers.pictures.backdrop import NOT_PLAIN, cut_out, lay
from prodgen_diffusers.pictures.photos import cut_product, nearest_photo

from prodgen_sdk.errors import InputError
from prodgen_sdk.testing.samples import sample_noise, sample_photo, sample_products
from prodgen_sdk.types import GenerationRequest, Scene, View, parse_views

SIZE = 256


def painted(colour=(60, 90, 160), backdrop=(214, 220, 226), shadow=0.25, noise=1.5, seed=0):
    """What a model paints: a ball on an uneven backdrop with a soft shadow, and where the ball is."""
    y, x = (np.mgrid[0:SIZE, 0:SIZE] / SIZE - 0.5).astype(np.float32)
    ball = np.hypot(x, y) < 0.25
    light = 1 - 0.3 * (x**2 + y**2) - shadow * np.exp(-((x - 0.1) ** 2 / 0.02 + (y - 0.27) ** 2 / 0.003))
    picture = np.asarray(backdrop) * light[..., None]
    shade = np.clip(1.1 - np.hypot(x + 0.1, y + 0.1) * 1.5, 0.4, 1)
    picture = np.where(ball[..., None], np.asarray(colour) * shade[..., None], picture)
    picture = picture + np.random.default_rng(seed).normal(0, noise, picture.shape)
    return picture.round().clip(0, 255).astype(np.uint8), ball


@pytest.mark.parametrize("colour", [(60, 90, 160), (20, 20, 20), (250, 250, 250), (150, 150, 150), (214, 60, 40)])
def test_a_product_is_cut_out_without_its_shadow(colour):
    picture, ball = painted(colour)
    cut = cut_out(picture)
    assert cut.plain
    found = cut.alpha > 0.5
    assert (found & ball).sum() / (found | ball).sum() > 0.95
    middle = np.s_[SIZE // 2 - 20 : SIZE // 2 + 20, SIZE // 2 - 20 : SIZE // 2 + 20]
    laid, mask, warnings = lay(picture, Scene(background="colour", colour="#336699"))
    assert (laid[middle] == picture[middle]).all(), "the product's own pixels"
    assert warnings == ()
    assert mask[middle].all()
    assert (laid[:, [0, -1]] == (0x33, 0x66, 0x99)).all()
    assert (laid[[0, -1]] == (0x33, 0x66, 0x99)).all()


def test_the_shadow_goes_with_the_product_if_it_is_wanted():
    picture, _ = painted()
    below = (int(SIZE * 0.775), int(SIZE * 0.6))
    with_shadow, _, _ = lay(picture, Scene())
    without, _, _ = lay(picture, Scene(shadow=False))
    assert with_shadow[below].max() < 235
    assert (without[below] == 255).all()
    clear, _, _ = lay(picture, Scene(background="transparent"))
    assert 10 < clear[below][3] < 120
    assert (clear[below][:3] < 10).all()
    assert (clear[:, 0, 3] == 0).all()


def test_what_is_not_before_a_plain_backdrop_is_reported():
    laid, mask, warnings = lay(sample_noise(64), Scene())
    assert warnings == (NOT_PLAIN,)
    assert mask is None
    assert (laid[0] == 255).all()
    assert (laid[20:40, 20:40] == sample_noise(64)[20:40, 20:40]).all()


@settings(max_examples=25, deadline=None)
@given(
    st.integers(8, 80), st.integers(0, 2**31), st.sampled_from(["white", "colour", "gradient", "transparent", "image"])
)
def test_any_picture_gets_the_shape_and_rim_of_its_scene(size, seed, background):
    picture = sample_noise(size, seed) // 2 + 100 * (seed % 2)
    laid, _, _ = lay(picture.astype(np.uint8), Scene(background=background), sample_photo(size=40))
    assert laid.shape == (size, size, 4 if background == "transparent" else 3)
    assert laid.dtype == np.uint8
    if background == "white":
        assert (laid[0] == 255).all()
    if background == "transparent":
        assert (laid[0, :, 3] == 0).all()


def test_transparency_says_where_the_product_is():
    rgba = np.zeros((64, 64, 4), np.uint8)
    rgba[16:48, 24:40] = (10, 200, 30, 255)
    found = cut_product(rgba, 64, None, sku="x")
    assert ((found.alpha == 1) == (rgba[..., 3] == 255)).all()
    assert (found.image[found.alpha == 1] == (10, 200, 30)).all()
    larger = cut_product(rgba, 128, 0.9, sku="x")
    rows = np.flatnonzero((larger.alpha > 0.5).any(axis=1))
    assert abs(len(rows) - 0.9 * 128) <= 2


def test_a_product_that_cannot_be_cut_out_is_refused():
    with pytest.raises(InputError, match="not plain") as caught:
        cut_product(sample_noise(64), 64, None, sku="mug-1")
    assert "transparency" in caught.value.hint
    with pytest.raises(InputError, match="no product"):
        cut_product(np.zeros((32, 32, 4), np.uint8), 32, None, sku="mug-1")


def test_the_photo_that_suits_a_view():
    front, back = sample_photo(), sample_photo((1, 2, 3))
    request = GenerationRequest(product=sample_products()[0], references={"front": front, "back": back})
    assert nearest_photo(request, View(azimuth=30), component="x") is request.references["front"]
    assert nearest_photo(request, View(azimuth=180), component="x") is request.references["back"]
    alone = GenerationRequest(product=sample_products()[0], references={"flat": front})
    assert nearest_photo(alone, View(azimuth=180), component="x") is alone.references["flat"]


@pytest.fixture(scope="module")
def generator(sd15):
    pytest.importorskip("diffusers")
    from prodgen_diffusers.background import BackgroundGenerator
    from prodgen_diffusers.config import Config

    from prodgen_sdk.context import Context

    config = Config.model_validate({"background": {"model": str(sd15), "steps": 3}})
    return BackgroundGenerator(config, Context())


def asked(**changes):
    fields = {"product": sample_products()[0], "views": parse_views("front"), "size": 96, "seed": 4}
    return GenerationRequest(**{**fields, "references": {"front": sample_photo()}, **changes})


@pytest.mark.parametrize("scene", [Scene(style="on a marble table"), Scene(), Scene(background="transparent")])
def test_the_product_s_pixels_stay_byte_for_byte(generator, scene):
    from prodgen_sdk.context import Context

    request = asked(scene=scene)
    ((picture,),) = generator.generate([request], Context())
    inside = cut_out(request.references["front"]).alpha >= 1
    assert inside.sum() > 2000
    assert (picture.image[..., :3][inside] == request.references["front"][inside]).all()


def test_a_scene_is_painted_and_a_plain_one_is_not(generator):
    from prodgen_sdk.context import Context

    painted_, plain = generator.generate([asked(scene=Scene(style="on a table")), asked()], Context())
    assert painted_[0].facts["painted_px"] == 32
    assert painted_[0].facts["prompt"].endswith("on a table")
    assert painted_[0].image[:10, :10].std() > 1
    assert plain[0].facts["painted_px"] == 0
    assert (plain[0].image[0] == 255).all()
    other_seed = generator.generate([asked(scene=Scene(style="on a table"), seed=5)], Context())[0][0]
    assert np.abs(other_seed.image.astype(int) - painted_[0].image).max() > 1


def test_a_given_background_shows_where_little_is_painted(generator):
    from prodgen_sdk.context import Context

    wall = np.full((50, 80, 3), (30, 160, 90), np.uint8)
    request = asked(scene=Scene(background="image"), references={"front": sample_photo(), "background": wall})
    ((picture,),) = generator.generate([request], Context())
    assert picture.image.shape == (96, 96, 3)
    assert picture.facts["painted_px"] == 32


def test_a_view_without_a_photo_is_refused(generator):
    from prodgen_sdk.context import Context

    with pytest.raises(InputError, match="no photo of the view right"):
        generator.generate([asked(views=parse_views("front,right"))], Context())
