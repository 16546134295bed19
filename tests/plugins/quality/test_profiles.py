"""What profiles do to pictures: laws over shapes, backgrounds and sizes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_quality.config import QualityConfig
from prodgen_quality.evaluators import inspect
from prodgen_quality.finishing.finisher import BasicFinisher, chosen_profile, finished
from prodgen_quality.finishing.foreground import box_of
from prodgen_quality.finishing.profiles import BUILT_IN, Profile
from prodgen_quality.finishing.retouch import denoised, noise_level, sharpened
from prodgen_quality.finishing.shadows import contact_shadow, reflection
from pydantic import ValidationError

from prodgen_sdk import images
from prodgen_sdk.context import Context
from prodgen_sdk.errors import ConfigError, InputError, NotFound
from prodgen_sdk.images.cutout.matting import cut_out

BACKGROUNDS = ((255, 255, 255), (240, 238, 232), (200, 210, 220))


def textured(side=(140, 120), box=(30, 25, 70, 60), background=(255, 255, 255), seed=0) -> np.ndarray:
    """A box of saturated noise, whose every pixel tells where it came from, on a plain background."""
    image = np.full((*side, 3), background, np.uint8)
    top, left, height, width = box
    pixels = np.random.default_rng(seed).integers(0, 90, (height, width, 3), dtype=np.uint8)
    pixels[..., 0] += 110
    image[top : top + height, left : left + width] = pixels
    return image


def ball(shadow: bool, size=200) -> np.ndarray:
    """A red ball on white, with or without a soft grey shadow at its right."""
    y, x = np.mgrid[:size, :size].astype(float)
    picture = np.full((size, size, 3), 255.0)
    if shadow:
        depth = 80 * np.exp(-(((x - 135) / 28) ** 2) - ((y - 150) / 14) ** 2)
        picture -= depth[..., None]
    cover = np.clip(50.5 - np.hypot(x - 95, y - 105), 0, 1)[..., None]
    picture = picture * (1 - cover) + np.array([180, 30, 40]) * cover
    return picture.round().astype(np.uint8)


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(BACKGROUNDS),
    st.sampled_from(["#204060", "gradient", "white", "transparent", "keep"]),
    st.sampled_from(["keep", "none", "contact", "reflection"]),
    st.sampled_from(["original", "1:1", "4:5", "2:3", "1.91:1"]),
    st.tuples(st.integers(5, 50), st.integers(5, 40), st.integers(12, 70), st.integers(12, 60)),
)
def test_product_pixels_are_unchanged_where_nothing_is_resampled(own, background, shadow, aspect, box):
    image = textured(box=box, background=own)
    done = finished(image, Profile(background=background, shadow=shadow, aspect=aspect)).image
    width, height = Profile(aspect=aspect).frame(image.shape[1], image.shape[0])
    assert done.shape[:2] == (height, width)
    top, left, high, wide = box
    inner = image[top + 2 : top + high - 2, left + 2 : left + wide - 2]
    rows, columns = round((height - image.shape[0]) / 2), round((width - image.shape[1]) / 2)
    found = [
        np.array_equal(
            done[top + 2 + r : top + high - 2 + r, left + 2 + c : left + wide - 2 + c, :3],
            inner,
        )
        for r in (rows - 1, rows, rows + 1)
        for c in (columns - 1, columns, columns + 1)
        if top + 2 + r >= 0 and left + 2 + c >= 0
    ]
    assert any(found)


@settings(max_examples=30, deadline=None)
@given(
    st.sampled_from(["portrait", "pin", "link", "square", "studio", "mirror"]),
    st.sampled_from(BACKGROUNDS),
    st.sampled_from([160, 333]),
    st.tuples(st.integers(8, 40), st.integers(8, 30), st.integers(30, 80), st.integers(30, 70)),
)
def test_the_product_is_centred_and_fills_the_frame_in_its_longer_direction(name, background, size, box):
    profile = BUILT_IN[name].model_copy(update={"size": size, "shadow": "none", "background": "transparent"})
    done = finished(textured(box=box, background=background), profile).image
    width, height = profile.frame(1, 1)
    assert done.shape == (height, width, 4)
    seen = box_of(done[..., 3] > 127)
    fill = max(seen.height / height, seen.width / width)
    pixel = 4 / min(width, height) + 1.5 / max(box[2:])
    assert fill == pytest.approx(profile.fill, abs=pixel)
    assert (seen.left + seen.right) / 2 / width == pytest.approx(0.5, abs=pixel)
    assert (seen.top + seen.bottom) / 2 / height == pytest.approx(0.5, abs=pixel)


@pytest.mark.parametrize(
    ("background", "corner"), [("white", (255,) * 3), ("#204060", (0x20, 0x40, 0x60)), ("keep", BACKGROUNDS[1])]
)
def test_backgrounds(background, corner):
    done = finished(textured(background=BACKGROUNDS[1]), Profile(background=background, shadow="none")).image
    assert done[0, 0].tolist() == list(corner)
    assert done.shape == (140, 120, 3)


def test_a_gradient_runs_to_white_and_a_picture_covers_the_frame():
    done = finished(textured(), Profile(background="gradient:#808080", shadow="none", fill=0.5)).image
    assert done[0, 0].tolist() == [128] * 3
    assert done[-1, 0].tolist() == [255] * 3
    assert (np.diff(done[:, 0, 0].astype(int)) >= 0).all()
    backdrop = np.zeros((30, 90, 3), np.uint8)
    backdrop[:, 45:] = 200
    done = finished(textured(), Profile(background="image", shadow="none"), backdrop).image
    assert (done[0, 0], done[0, -1]) == (pytest.approx([0] * 3, abs=1), pytest.approx([200] * 3, abs=1))


def test_a_soft_shadow_is_told_from_the_product_and_kept_drawn_anew_or_left_out():
    alone, shaded = cut_out(ball(False)), cut_out(ball(True))
    truth = ball(False).min(axis=2) < 150
    for cut in (alone, shaded):
        wrong = (cut.alpha > 0.5) ^ truth
        assert wrong.sum() < 0.02 * truth.sum()
    assert shaded.shade.min() < 0.85
    assert alone.shade.min() > 0.97
    cutout = finished(ball(True), BUILT_IN["cutout"]).image
    assert (cutout[150, 160, 3], cutout[105, 95, 3]) == (0, 255)
    kept = finished(ball(True), Profile(background="#80c080")).image
    none = finished(ball(True), Profile(background="#80c080", shadow="none")).image
    assert kept[150, 160].astype(int).sum() < none[150, 160].astype(int).sum() - 30


def test_the_dark_shadow_below_a_foot_is_no_part_of_the_product():
    y, x = np.mgrid[:400, :400].astype(np.float32)
    foot = 300 - ((x - 200) / 110) ** 2 * 14
    product = (np.abs(x - 200) < 110) & (y > 90) & (y < foot)
    below = np.clip(1 - (y - foot) / 16, 0, 1) * (y > foot - 2)
    dark = 75 * below * np.clip((120 - np.abs(x - 200)) / 20, 0, 1)
    picture = np.repeat((255 - dark)[..., None], 3, axis=2)
    picture[product] = (150, 40, 40)
    found = cut_out(picture.round().astype(np.uint8)).alpha > 0.5
    assert (found & ~product).sum() < 0.02 * product.sum()
    assert (product & ~found).sum() < 0.01 * product.sum()


def test_the_shadow_below_an_arch_is_no_part_of_the_product():
    y, x = np.mgrid[:480, :480].astype(np.float32)
    brim = 300 - 40 * np.clip(1 - ((x - 240) / 60) ** 2, 0, 1) ** 0.5
    product = (np.abs(x - 240) < 170) & (y > 90) & (y < brim)
    deep = (y > 200) * np.clip((308 - y) / 18, 0, 1) * np.clip((65 - np.abs(x - 240)) / 15, 0, 1)
    picture = np.repeat((255 - 75 * deep)[..., None], 3, axis=2)
    picture[product] = (40, 40, 44)
    found = cut_out(picture.round().astype(np.uint8)).alpha > 0.5
    assert (found & ~product).sum() < 0.005 * product.sum()
    assert (product & ~found).sum() < 0.01 * product.sum()


def test_the_pale_line_of_shadow_along_a_foot_is_no_part_of_the_product():
    y, x = np.mgrid[:480, :480]
    product = (np.abs(x - 240) < 150) & (y > 150) & (y < 300)
    picture = np.full((480, 480, 3), 255, np.uint8)
    picture[(np.abs(x - 240) < 60) & (y >= 300) & (y < 303)] = 205
    picture[product] = (50, 44, 40)
    found = cut_out(picture).alpha > 0.5
    assert (found & ~product).sum() < 0.002 * product.sum()
    assert (product & ~found).sum() < 0.01 * product.sum()


def test_soft_edges_carry_no_rim_of_the_background():
    done = finished(ball(False), Profile(background="#000000", shadow="none")).image.astype(int)
    edge = (done.sum(axis=2) > 0) & (done.sum(axis=2) < 200)
    assert edge.any()
    assert (done[..., 1] <= done[..., 0] * 0.5 + 12)[edge].all()  # red fading to black, not white


def test_what_is_seen_through_a_handle_is_background():
    image = textured(side=(160, 160), box=(20, 20, 120, 120))
    image[60:100, 60:100] = 255
    assert finished(image, BUILT_IN["cutout"]).image[80, 80, 3] == 0
    image[60:100, 60:100] = 246  # a print that is not quite the background's white
    assert finished(image, BUILT_IN["cutout"]).image[80, 80, 3] == 255


def test_shadows_lie_below_and_reflections_fade():
    alpha = np.zeros((100, 100), np.float32)
    alpha[20:70, 30:70] = 1
    shade = contact_shadow(alpha)
    assert shade.min() >= 0
    assert shade.max() <= 1
    assert shade[:15].min() > 0.99
    large = contact_shadow(np.kron(alpha, np.ones((6, 6), np.float32)))
    assert large[425, 300] < 0.65 < large[540, 300]
    rgb = np.zeros((100, 100, 3), np.uint8)
    rgb[60:70] = (200, 0, 0)
    colours, seen = reflection(rgb, alpha)
    assert seen[71, 50] > seen[78, 50] > seen[84, 50] >= 0
    assert seen[95, 50] == pytest.approx(0, abs=0.01)
    assert colours[74, 50, 0] > 150
    nothing = np.zeros((50, 50), np.float32)
    assert contact_shadow(nothing).min() == 1
    assert not reflection(np.zeros((50, 50, 3), np.uint8), nothing)[1].any()


def test_noise_is_found_and_removed_and_a_clean_picture_left_alone():
    y, x = np.mgrid[:128, :128]
    clean = np.stack([60 + x * 0.8, 80 + y * 0.6, 120 + 40 * (x > 64)], axis=2).round().astype(np.uint8)
    assert denoised(clean, 0.5)[0] is clean
    for sigma in (4, 10):
        noisy = (clean + np.random.default_rng(1).normal(0, sigma, clean.shape)).clip(0, 255).round().astype(np.uint8)
        luma_sigma = sigma * np.sqrt(0.299**2 + 0.587**2 + 0.114**2)
        assert noise_level(noisy) == pytest.approx(luma_sigma, rel=0.25)
        done, _ = denoised(noisy, 0.5)
        before, after = (np.square(p.astype(float) - clean).mean() for p in (noisy, done))
        assert after < 0.45 * before
    finish = finished(noisy, BUILT_IN["clean"])
    assert any("noise" in note for note in finish.notes)


def test_sharpening_sharpens_without_halos_and_leaves_flat_background():
    y, _ = np.mgrid[:80, :80]
    soft = np.repeat((60 + 140 / (1 + np.exp(-(y - 40) / 2.0))).round().astype(np.uint8)[..., None], 3, axis=2)
    done = sharpened(soft, 1.0)
    assert np.abs(np.diff(done[:, 0, 0].astype(int))).max() > np.abs(np.diff(soft[:, 0, 0].astype(int))).max()
    assert done.min() >= soft.min() - 2
    assert done.max() <= soft.max() + 2
    assert sharpened(soft, 0.0) is soft
    white = finished(textured(), Profile(sharpen=1.0)).image
    assert (white[:20] == 255).all()


def test_what_cannot_be_cut_out_is_padded_and_said():
    noise = np.random.default_rng(1).integers(0, 256, (40, 80, 3), dtype=np.uint8)
    done = finished(noise, BUILT_IN["studio"])
    assert "not plain" in done.notes[0]
    assert done.image.shape == (80, 80, 3)
    empty = finished(np.full((40, 40, 3), 255, np.uint8), BUILT_IN["mirror"])
    assert empty.notes == ("the image is empty",)
    tiny = finished(np.full((1, 1, 3), 9, np.uint8), BUILT_IN["cutout"])
    assert tiny.image.shape[:2] == (1, 1)


def test_profiles_are_named_changed_and_configured():
    assert chosen_profile("portrait,size=500,fill=none,shadow=contact", BUILT_IN) == Profile(
        aspect="4:5", size=500, background="white", shadow="contact"
    )
    own = QualityConfig.model_validate(
        {"profiles": {"feed": {"aspect": "4:5", "fill": 0.7, "background": "#f0e8e0", "shadow": "contact"}}}
    )
    finisher = BasicFinisher(own, Context())
    assert "feed" in finisher.profiles
    assert finisher.finish([textured()], "feed,size=200", Context())[0].image.shape == (200, 160, 3)
    assert finisher.depends_on != BasicFinisher(None, Context()).depends_on
    for text, error, words in (
        ("feeds", NotFound, "feed"),
        ("feed,colour=red", NotFound, "colour"),
        ("feed,fill", InputError, "key=value"),
        ("feed,fill=2", ConfigError, "fill"),
        ("feed,background=image", InputError, "image=FILE"),
    ):
        with pytest.raises(error, match=words):
            finisher.finish([textured()], text, Context())
    for bad in ({"aspect": "0:1"}, {"aspect": "a"}, {"background": "red"}, {"size": 10_000}, {"denoise": 2}):
        with pytest.raises(ValidationError):
            Profile.model_validate(bad)


def test_marketplace_and_the_others_keep_pure_white():
    for name in ("marketplace", "portrait", "pin", "link"):
        values = inspect(
            finished(images.resize(textured(background=BACKGROUNDS[1]), 300, 350), BUILT_IN[name]).image
        ).values
        assert values["white_border"] == 1, name
