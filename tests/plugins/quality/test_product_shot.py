import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_quality import product_shot
from prodgen_quality.evaluators import ProductShotEvaluator, inspect
from prodgen_quality.finishing.foreground import box_of, foreground, plain_background
from scipy import ndimage

from prodgen_sdk.context import Context


def shot(
    top=20, left=30, height=40, width=20, side=100, background=(255, 255, 255), colour=(30, 90, 160)
) -> np.ndarray:
    image = np.full((side, side, 3), background, np.uint8)
    image[top : top + height, left : left + width] = colour
    return image


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 60), st.integers(0, 60), st.integers(2, 40), st.integers(2, 40), st.sampled_from([255, 240, 12]))
def test_the_box_of_a_product_before_a_plain_background_is_exact(top, left, height, width, background):
    box = box_of(foreground(shot(top, left, height, width, background=(background,) * 3)))
    assert tuple(box) == (top, left, top + height, left + width)


def test_holes_belong_to_the_product_and_specks_do_not():
    image = shot()
    image[30:40, 35:45] = 255
    image[5, 5] = 0
    mask = foreground(image)
    assert mask[35, 40]
    assert not mask[5, 5]


def test_no_plain_background_is_said_and_not_guessed():
    noise = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    assert plain_background(noise) is None
    assert foreground(noise) is None
    assert "neither plain nor transparent" in inspect(noise).notes[0]


def test_alpha_tells_the_product():
    rgba = np.zeros((50, 50, 4), np.uint8)
    rgba[10:20, 5:45, 3] = 255
    values = inspect(rgba).values
    assert values["fill"] == pytest.approx(0.8)
    assert values["area"] == pytest.approx(10 * 40 / 2500)
    assert values["off_centre"] == pytest.approx(0.2)


def test_framing_figures():
    mask = foreground(shot())
    assert product_shot.fill(mask) == pytest.approx(0.4)
    assert product_shot.area(mask) == pytest.approx(0.08)
    assert product_shot.off_centre(mask) == pytest.approx(0.1)
    assert product_shot.cut_off(mask) == 0
    assert product_shot.cut_off(foreground(shot(top=60))) > 0


def test_one_level_off_white_is_seen():
    assert product_shot.white_border(shot()) == 1
    assert product_shot.off_white(shot()) == 0
    grey = shot(background=(255, 255, 254))
    assert product_shot.white_border(grey) == 0
    assert product_shot.off_white(grey) == 1


def test_blur_lowers_both_figures_of_sharpness():
    rng = np.random.default_rng(3)
    texture = ndimage.gaussian_filter(rng.normal(size=(256, 256)), 1.0)
    sharp = np.repeat(((texture - texture.min()) / np.ptp(texture) * 255)[..., None], 3, axis=2)
    levels = [ndimage.gaussian_filter(sharp, (sigma, sigma, 0)).astype(np.uint8) for sigma in (0, 1, 2, 4)]
    for figure in (product_shot.sharpness, product_shot.crispness):
        values = [figure(image) for image in levels]
        assert values == sorted(values, reverse=True), figure


def test_crispness_hardly_minds_contrast_where_the_laplacian_does():
    image = np.random.default_rng(4).integers(60, 196, (128, 128, 3), dtype=np.uint8)
    faint = (image // 4 + 96).astype(np.uint8)
    assert product_shot.crispness(faint) == pytest.approx(product_shot.crispness(image), abs=0.05)
    assert product_shot.sharpness(faint) < product_shot.sharpness(image) / 8


def test_an_enlarged_picture_is_no_sharper():
    small = np.random.default_rng(5).integers(0, 256, (128, 128, 3), dtype=np.uint8)
    original = np.random.default_rng(5).integers(0, 256, (512, 512, 3), dtype=np.uint8)
    assert product_shot.sharpness(small) < product_shot.sharpness(original) / 4


def test_clipped_counts_only_the_product():
    assert product_shot.clipped(shot(colour=(0, 0, 0)), foreground(shot(colour=(0, 0, 0)))) == 1
    assert product_shot.clipped(shot(), foreground(shot())) == 0


@pytest.mark.parametrize(
    "image", [np.full((32, 32, 3), 255, np.uint8), np.zeros((1, 1, 3), np.uint8), np.zeros((8, 8, 4), np.uint8)]
)
def test_an_empty_picture_has_finite_figures_and_says_so(image):
    scores = ProductShotEvaluator(None, Context()).evaluate([image], None, Context())[0]
    assert all(np.isfinite(value) for value in scores.values.values())
    assert scores.values["area"] == 0
    assert "empty" in scores.notes[0]


def test_figures_stay_within_the_ranges_of_the_spec():
    from prodgen_quality.plugin import FIDELITY, PRODUCT_SHOT

    rng = np.random.default_rng(7)
    images = [rng.integers(0, 256, (40, 30, 3), dtype=np.uint8), shot(), shot(top=0, left=0, height=100, width=100)]
    for image in images:
        values = inspect(image).values
        assert set(values) == set(PRODUCT_SHOT)
        for name, value in values.items():
            metric = PRODUCT_SHOT[name]
            assert metric.low <= value
            assert metric.high is None or value <= metric.high
    assert all(metric.blind_spots for metric in (*FIDELITY.values(), *PRODUCT_SHOT.values()))
