import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_quality.config import QualityConfig
from prodgen_quality.evaluators import inspect
from prodgen_quality.finishing.finisher import BasicFinisher
from prodgen_quality.finishing.foreground import box_of
from prodgen_quality.finishing.marketplace import marketplace
from scipy import ndimage

from prodgen_sdk.context import Context
from prodgen_sdk.errors import NotFound
from prodgen_sdk.images.cutout.matting import cut_out


def shot(box, side=(120, 160), background=(255, 255, 255), colour=(30, 90, 160)) -> np.ndarray:
    image = np.full((*side, 3), background, np.uint8)
    top, left, height, width = box
    image[top : top + height, left : left + width] = colour
    return image


@settings(max_examples=25, deadline=None)
@given(
    st.tuples(st.integers(5, 50), st.integers(5, 90), st.integers(20, 60), st.integers(20, 60)),
    st.sampled_from([(255, 255, 255), (236, 238, 242), (205, 205, 205)]),
    st.sampled_from([64, 200, 333]),
)
def test_a_marketplace_picture_is_square_centred_filled_and_on_pure_white(box, background, size):
    image = marketplace(shot(box, background=background), size).image
    values = inspect(image).values
    assert image.shape == (size, size, 3)
    assert values["white_border"] == 1
    assert values["fill"] == pytest.approx(
        0.85, abs=3 / size + 1 / max(box[2:])
    )  # a pixel of the original at either side
    assert values["off_centre"] <= 1.5 / size


def test_hidden_colours_of_a_transparent_picture_do_not_bleed_in():
    rgba = np.zeros((60, 60, 4), np.uint8)
    rgba[..., 1] = 255  # green wherever it is transparent
    rgba[20:40, 20:40] = (200, 40, 40, 255)
    image = marketplace(rgba, 200).image.astype(int)
    assert (image[..., 1] <= image[..., 0] + 1).all()
    assert (image[0, 0] == 255).all()


def test_a_light_background_is_divided_out_and_said():
    finished = marketplace(shot((30, 40, 50, 50), background=(230, 232, 235)))
    assert "(230, 232, 235) was made white" in finished.notes[0]
    assert finished.image.shape == (160, 160, 3)


@pytest.mark.parametrize("darkest", [(20, 60, 20), (150, 170, 190)])
def test_a_dark_coloured_or_graded_background_is_taken_away_and_said(darkest):
    picture = shot((30, 40, 50, 50), background=(0, 0, 0), colour=(200, 60, 40))
    brighter = np.linspace(0, 1, 120)[:, None, None] * 50
    ground = (picture == 0).all(axis=2)
    picture[ground] = np.broadcast_to(np.asarray(darkest) + brighter, picture.shape)[ground].round()
    finished = marketplace(picture, 200)
    assert "taken away" in finished.notes[0]
    box = box_of((finished.image < 128).any(axis=2))
    assert 166 <= box.height <= 174
    assert 166 <= box.width <= 174
    # Nothing of the background is left, not along the outline either.
    assert (finished.image[..., 0] >= finished.image[..., 1]).all()
    assert (finished.image[[0, 8, -9, -1]] == 255).all()


def test_a_photo_without_plain_background_is_padded_and_said():
    noise = np.random.default_rng(1).integers(0, 256, (40, 80, 3), dtype=np.uint8)
    finished = marketplace(noise)
    assert "not plain" in finished.notes[0]
    assert np.array_equal(finished.image[20:60], noise)
    assert (finished.image[:20] == 255).all()


def test_what_cannot_be_mended_is_noted():
    assert "the image is empty" in marketplace(np.full((20, 20, 3), 255, np.uint8)).notes
    assert any("leaves the frame" in note for note in marketplace(shot((0, 40, 50, 50))).notes)
    assert any("enlarged" in note for note in marketplace(shot((30, 40, 20, 20))).notes)


def test_profiles_and_options():
    finisher = BasicFinisher(QualityConfig.model_validate({"marketplace": {"size": 64, "fill": 0.5}}), Context())
    image = shot((30, 40, 50, 50))
    assert finisher.finish([image], "none", Context())[0].image is image
    finished = finisher.finish([image], "marketplace", Context())[0].image
    assert finished.shape == (64, 64, 3)
    assert inspect(finished).values["fill"] == pytest.approx(0.5, abs=0.05)
    with pytest.raises(NotFound, match="marketplace"):
        finisher.finish([image], "marketplaces", Context())


def test_a_soft_shadow_ends_without_a_line_before_the_white_edge():
    image = np.full((160, 160, 3), 255, np.uint8)
    rows, columns = np.mgrid[:160, :160]
    shadow = 40 * np.exp(-(((rows - 120) / 25) ** 2) - ((columns - 80) / 50) ** 2)
    image = (image - shadow[..., None]).round().astype(np.uint8)
    image[30:120, 60:100] = (30, 90, 160)
    finished = marketplace(image, 320).image.astype(int)
    assert (finished[0] == 255).all()
    assert (finished[-1] == 255).all()
    below = finished[290:, 160, 0]
    assert np.abs(np.diff(below)).max() <= 8


def _packshot(
    colour: int | tuple[int, int, int], background: tuple[int, int, int] = (255, 255, 255)
) -> tuple[np.ndarray, np.ndarray]:
    """A shaded ball of one colour before a plain background, with a soft shadow below, and where it is."""
    from scipy import ndimage

    y, x = np.mgrid[:200, :200].astype(np.float32)
    ball = np.hypot(x - 100, y - 90) < 60
    shadow = ndimage.gaussian_filter((np.hypot((x - 110) / 70, (y - 150) / 9) < 1).astype(np.float32), 9)
    shade = 1 - 0.05 * np.hypot(x - 80, y - 70) / 60
    own = np.broadcast_to(np.asarray(colour, np.float32), 3) * shade[..., None]
    picture = np.where(ball[..., None], own, np.asarray(background) * (1 - 0.08 * shadow)[..., None])
    return ndimage.gaussian_filter(picture, (0.5, 0.5, 0)).round().astype(np.uint8), ball


@pytest.mark.parametrize("colour", [246, 240, 225, 190, 120])
def test_a_white_or_grey_product_before_white_is_cut_out_whole_and_its_shadow_left(colour: int) -> None:
    picture, ball = _packshot(colour)
    cut = cut_out(picture)
    assert cut is not None
    found = cut.alpha > 0.5
    assert (found & ball).sum() / (found | ball).sum() > 0.96


@pytest.mark.parametrize(
    ("colour", "background"),
    [((212, 212, 212), (207, 200, 189)), ((222, 214, 214), (232, 208, 208)), ((150, 150, 178), (144, 163, 180))],
)
def test_a_product_as_bright_as_its_background_is_told_by_its_hue(
    colour: tuple[int, int, int], background: tuple[int, int, int]
) -> None:
    picture, ball = _packshot(colour, background)
    cut = cut_out(picture)
    assert cut is not None
    found = cut.alpha > 0.5
    assert (found & ball).sum() / (found | ball).sum() > 0.96


@pytest.mark.parametrize("beside", [6, 10])
def test_no_chip_of_a_shadow_stays_at_the_foot(beside):
    y, x = np.mgrid[:256, :256].astype(float)
    body = ((x - 110) / 60) ** 2 + ((y - 120) / 70) ** 2 < 1
    shadow = ndimage.gaussian_filter((((x - 110 - beside) / 62) ** 2 + ((y - 178) / 16) ** 2 < 1).astype(float), 6)
    ground = np.array([216, 212, 204]) * (1 - 0.4 * shadow)[..., None]
    alone = cut_out(np.where(body[..., None], (110, 25, 30), ground).round().astype(np.uint8))
    assert not (alone.alpha > 0.5)[~ndimage.binary_dilation(body, iterations=2)].any()
    assert (alone.alpha > 0.5)[ndimage.binary_erosion(body, iterations=2)].all()
