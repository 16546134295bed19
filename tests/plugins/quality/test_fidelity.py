import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_quality import fidelity
from prodgen_quality.evaluators import FidelityEvaluator, compare

from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError, InvalidImage


def picture(seed: int, height: int = 24, width: int = 20) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def smooth(seed: int, side: int = 48) -> np.ndarray:
    from scipy import ndimage

    noise = np.random.default_rng(seed).normal(size=(side, side, 3))
    values = ndimage.gaussian_filter(noise, (3, 3, 0))
    return ((values - values.min()) / np.ptp(values) * 200 + 25).astype(np.uint8)


def naive_ssim(first: np.ndarray, second: np.ndarray) -> float:
    """Wang 2004, equations 13 to 17, written out window by window."""
    offsets = np.arange(-5, 6)
    weights = np.exp(-(offsets[:, None] ** 2 + offsets[None] ** 2) / (2 * 1.5**2))
    weights /= weights.sum()
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    values = []
    for channel in range(3):
        x_all, y_all = first[..., channel].astype(float), second[..., channel].astype(float)
        for row in range(5, first.shape[0] - 5):
            for column in range(5, first.shape[1] - 5):
                x = x_all[row - 5 : row + 6, column - 5 : column + 6]
                y = y_all[row - 5 : row + 6, column - 5 : column + 6]
                mean_x, mean_y = (weights * x).sum(), (weights * y).sum()
                variance_x, variance_y = (weights * (x - mean_x) ** 2).sum(), (weights * (y - mean_y) ** 2).sum()
                covariance = (weights * (x - mean_x) * (y - mean_y)).sum()
                luminance_contrast = (mean_x**2 + mean_y**2 + c1) * (variance_x + variance_y + c2)
                values.append((2 * mean_x * mean_y + c1) * (2 * covariance + c2) / luminance_contrast)
    return float(np.mean(values))


@pytest.mark.parametrize(
    ("first", "second"),
    [(picture(1), picture(2)), (smooth(1, 24), smooth(2, 24)), (smooth(3, 24), 255 - smooth(3, 24))],
)
def test_ssim_is_the_papers_equation_with_its_covariance_term(first, second):
    assert fidelity.ssim(first, second) == pytest.approx(naive_ssim(first, second), abs=1e-6)


def test_the_negative_of_a_picture_has_negative_ssim():
    assert fidelity.ssim(smooth(3), 255 - smooth(3)) < 0


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1))
def test_laws(first_seed, second_seed):
    first, second = picture(first_seed), picture(second_seed)
    assert fidelity.psnr(first, second) == fidelity.psnr(second, first)
    assert fidelity.ssim(first, second) == pytest.approx(fidelity.ssim(second, first), abs=1e-12)
    assert fidelity.ssim(first, first) == pytest.approx(1, abs=1e-12)
    assert fidelity.psnr(first, first) == fidelity.PSNR_LIMIT
    assert -1 <= fidelity.ssim(first, second) <= 1
    assert 0 <= fidelity.psnr(first, second) <= fidelity.PSNR_LIMIT
    assert fidelity.colour_error(first, first) == 0
    assert fidelity.colour_error(first, second) == pytest.approx(fidelity.colour_error(second, first))


def test_more_noise_is_worse_by_every_figure():
    clean = smooth(5)
    noise = np.random.default_rng(6).normal(size=clean.shape)
    noisy = [(clean + noise * level).clip(0, 255).round().astype(np.uint8) for level in (2, 6, 18, 50)]
    for figure, sign in ((fidelity.psnr, -1), (fidelity.ssim, -1), (fidelity.colour_error, 1)):
        values = [sign * figure(image, clean) for image in noisy]
        assert values == sorted(values), figure


def test_psnr_of_a_known_error():
    black = np.zeros((16, 16, 3), np.uint8)
    assert fidelity.psnr(black, np.full_like(black, 255)) == pytest.approx(0)
    assert fidelity.psnr(black, np.full_like(black, 1)) == pytest.approx(48.1308, abs=1e-4)


def test_ciede2000_of_sharmas_colours_in_srgb():
    red, green = np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4, 3), np.uint8)
    red[..., 0], green[..., 1] = 255, 255
    assert fidelity.colour_error(red, green) == pytest.approx(86.6, abs=0.1)  # published for the sRGB primaries


def test_a_masked_figure_sees_only_the_mask():
    reference = np.full((32, 32, 3), 255, np.uint8)
    image = reference.copy()
    image[8:24, 8:24] = 200
    mask = np.zeros((32, 32), bool)
    mask[8:24, 8:24] = True
    assert fidelity.psnr(image, reference, mask) < fidelity.psnr(image, reference)
    assert fidelity.psnr(image, reference, ~mask) == fidelity.PSNR_LIMIT


def test_swapped_halves_have_the_same_mean_colour():
    image = np.zeros((16, 16, 3), np.uint8)
    image[:, :8] = (200, 30, 30)
    flipped = image[:, ::-1].copy()
    assert fidelity.mean_colour_error(image, flipped) == pytest.approx(0, abs=1e-9)
    assert fidelity.colour_error(image, flipped) > 10


@pytest.mark.parametrize(
    ("other", "mask", "part"),
    [
        (picture(2, 24, 21), None, "reference"),
        (picture(2), np.zeros((24, 20), bool), "empty"),
        (picture(2), np.ones((4, 4), bool), "mask"),
    ],
)
def test_what_cannot_be_compared_is_refused(other, mask, part):
    with pytest.raises(InvalidImage, match=part):
        fidelity.psnr(picture(1), other, mask)


def test_ssim_refuses_pictures_below_its_window():
    with pytest.raises(InvalidImage, match="at least 11"):
        fidelity.ssim(picture(1, 10, 30), picture(2, 10, 30))


def test_the_product_is_compared_apart_from_the_white_around_it():
    reference = np.full((64, 64, 3), 255, np.uint8)
    reference[24:40, 24:40] = smooth(1, 16)
    image = reference.copy()
    image[24:40, 24:40] = smooth(2, 16)
    values = compare(image, reference).values
    assert values["psnr_product"] < values["psnr"] - 5
    assert values["ssim_product"] < values["ssim"] - 0.1


def test_transparency_is_laid_on_white_and_sizes_are_matched():
    opaque = np.full((40, 40, 3), 255, np.uint8)
    opaque[10:30, 10:30] = (10, 120, 60)
    alpha = np.zeros((40, 40, 4), np.uint8)
    alpha[10:30, 10:30] = (10, 120, 60, 255)
    assert compare(alpha, opaque).values["psnr"] == fidelity.PSNR_LIMIT
    doubled = opaque.repeat(2, axis=0).repeat(2, axis=1)
    scores = compare(opaque, doubled)
    assert scores.values["psnr"] > 25
    assert "resized" in scores.notes[0]


def test_the_component_wants_one_reference_a_picture():
    evaluator = FidelityEvaluator(None, Context())
    with pytest.raises(InputError, match="1 images and 0 references"):
        evaluator.evaluate([picture(1)], None, Context())
    with pytest.raises(InvalidImage, match="same shape"):
        evaluator.evaluate([picture(1)], [picture(1, 20, 60)], Context())
