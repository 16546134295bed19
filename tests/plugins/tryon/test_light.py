"""The light of a photo on cloth: folds, exposure, casts, and what they must leave alone."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_tryon.body.person import analyse
from prodgen_tryon.filters import erode, to_lab
from prodgen_tryon.picture.light import STRONGEST, cast, exposure, tint
from prodgen_tryon.picture.relight import COLOURED, NEUTRAL, relight
from prodgen_tryon.picture.shading import DARKEST, LIGHTEST, shading

from prodgen_sdk.types import PersonPhoto

SIZE = (600, 450)


@pytest.fixture
def seen(parser, ctx):
    """Analyses a photo of the drawn figure."""
    return lambda photo: analyse(photo, parser.parse([PersonPhoto(image=photo)], ctx)[0], 1024)


@pytest.fixture
def plain(seen, drawn):
    """A person in even light who casts no shade: what is left is what light does to colours."""
    person = seen(drawn.person(SIZE))
    person.cache.update(shading=np.zeros(person.image.shape[:2], np.float32), exposure=1.0, cast=(0.0, 0.0))
    return person


def lit(person, colour, shade=0.0):
    """One colour, RGB 0 to 255, under the person's light and a shade in L*; RGB."""
    shape = person.image.shape[:2]
    dressed = replace(person, cache=person.cache | {"shading": np.full(shape, shade, np.float32)})
    return relight(dressed, np.full((*shape, 3), colour, np.float32), np.ones(shape, np.float32))[0, 0]


def lab(rgb):
    return to_lab(np.round(rgb).astype(np.uint8).reshape(1, 1, 3))[0, 0]


def test_a_fold_is_as_deep_on_black_as_on_white_cloth(plain):
    for grey in (25, 60, 120, 200, 230):
        flat, fold = (lab(lit(plain, (grey,) * 3, shade))[0] for shade in (0.0, -4.0))
        assert 2.4 < flat - fold < 5.0, grey


def test_colours_in_even_light_stay_what_they_are(plain):
    for colour in ((170, 30, 45), (20, 60, 140), (10, 120, 60), (150, 120, 20)):
        assert np.allclose(lit(plain, colour), colour, atol=0.5)


def test_shade_keeps_hue(plain):
    for colour in ((170, 30, 45), (20, 60, 140)):
        before, after = lab(np.array(colour)), lab(lit(plain, colour, -6.0))
        assert after[0] < before[0] - 3
        assert abs(np.arctan2(*before[:0:-1]) - np.arctan2(*after[:0:-1])) < 0.1


@settings(max_examples=60, deadline=None)
@given(st.tuples(*[st.integers(0, 255)] * 3))
def test_nearly_grey_cloth_moves_a_little_towards_worn_cloth_and_no_farther(colour):
    person = _Lit()
    after = relight(person, np.full((2, 2, 3), colour, np.float32), np.ones((2, 2), np.float32))[0, 0]
    red, green, blue = map(float, colour)
    pressed = after[1] / green if green else 1.0
    moved = after / max(pressed, 1e-6) - colour if green else after - colour
    assert -1e-2 <= moved[0] <= max((NEUTRAL[0] - red + green) / 2, 0) + 1e-2
    assert -1e-2 <= moved[2] <= max((NEUTRAL[1] - blue + green) / 2, 0) + 1e-2
    if max(colour) - min(colour) >= COLOURED:
        assert np.allclose(moved, 0, atol=1e-2)


class _Lit:
    """A person with no shade, in plain light: what `relight` asks for."""

    image = np.zeros((2, 2, 3), np.uint8)

    def __init__(self):
        self.cache = {
            "shading": np.zeros((2, 2), np.float32),
            "exposure": 1.0,
            "cast": (0.0, 0.0),
            "_walls": np.zeros((0, 3)),
        }


def test_grey_cloth_gains_no_blue_in_a_cream_room(plain):
    at = {wall: lit(_before(plain, wall), (200, 200, 200)) for wall in (0.0, 12.0)}
    assert at[0.0][2] > at[0.0][1] + 1
    assert at[12.0][2] == pytest.approx(at[12.0][1], abs=0.01)


def _before(person, b):
    """The person before a light wall with this b of CIELAB."""
    return replace(person, cache=person.cache | {"_walls": np.full((50, 3), (90.0, 0.0, b))})


def test_white_cloth_is_never_flat_white(plain):
    levels = [lit(plain, (v,) * 3).mean() for v in range(0, 256, 3)]
    assert np.all(np.diff(levels) > 0)
    assert levels[-1] < 250
    assert lit(plain, (255,) * 3, -3.0).mean() < levels[-1] - 5


def test_folds_are_found_and_prints_buttons_and_weave_are_not(seen, drawn):
    photo = drawn.person(SIZE)
    person = seen(photo)
    chest = erode(person.parts["upper"] > 0.6, 6) & (np.abs(person.along - 0.55 * person.frame.torso) < 40)
    ys, xs = np.nonzero(chest)
    columns = np.arange(photo.shape[1])[None] + np.zeros((photo.shape[0], 1))
    x0, y0 = person.origin

    def with_(change):
        altered = photo.astype(np.float32)
        part = altered[y0 : y0 + person.size[1], x0 : x0 + person.size[0]]
        change(part)
        return shading(seen(altered.clip(0, 255).astype(np.uint8)))

    middle = (int(xs.mean()), int(ys.mean()))
    line = np.abs(columns - (x0 + middle[0]))[y0 : y0 + person.size[1], x0 : x0 + person.size[0]] < 4

    def fold(part):
        part[line & chest] -= 16

    def logo(part):
        cv2.circle(part, middle, 6, (230, 40, 40), -1)

    def weave(part):
        noise = np.random.default_rng(0).normal(0, 12, chest.shape)
        part[chest] += noise[chest][:, None]

    base = shading(person)
    at = np.s_[middle[1] - 12 : middle[1] + 13, middle[0] - 2 : middle[0] + 3]
    beside = np.s_[middle[1] - 12 : middle[1] + 13, middle[0] + 14 : middle[0] + 20]
    creased = with_(fold)
    assert creased[at].mean() < creased[beside].mean() - 1.0
    assert np.abs(with_(logo) - base)[chest].max() < 1.0
    assert (with_(weave) - base)[chest].std() < 0.6


def test_shading_is_bounded_and_nothing_outside_of_the_clothes(seen, drawn):
    person = seen(drawn.person(SIZE))
    field = shading(person)
    clothes = np.maximum(person.parts["upper"], person.parts["lower"]) > 0.02
    assert field.min() >= DARKEST
    assert field.max() <= LIGHTEST
    assert np.abs(field[~cv2.dilate(clothes.astype(np.uint8), np.ones((61, 61))).astype(bool)]).max() < 0.3


def test_dark_and_burnt_out_photos_change_the_exposure(seen, drawn):
    photo = drawn.person(SIZE, background=(235, 235, 235))
    assert exposure(seen(photo)) == pytest.approx(1, abs=0.02)
    dark = (photo * 0.5).astype(np.uint8)
    assert exposure(seen(dark)) < 0.7
    burnt = np.clip(photo * 1.35, 0, 255).astype(np.uint8)
    assert 1.1 < exposure(seen(burnt)) <= 1.31


def test_a_cast_is_followed_where_face_and_wall_agree(seen, drawn):
    photo = drawn.person(SIZE, background=(225, 225, 225))
    assert np.hypot(*cast(seen(photo))) < 2.5
    for sign, gains in ((1, (1.05, 1.0, 0.75)), (-1, (0.8, 1.0, 1.15))):
        a, b = cast(seen(np.clip(photo * np.array(gains), 0, 255).astype(np.uint8)))
        assert sign * b > 4
        assert np.hypot(a, b) <= STRONGEST + 1e-6


def test_light_of_lamps_is_followed_further_than_its_half(seen, drawn):
    photo = drawn.person(SIZE, background=(200, 200, 200)) * np.array([1.15, 1.0, 0.6])
    b = cast(seen(photo.clip(0, 255).astype(np.uint8)))[1]
    true = lab(np.array([200, 200, 200]) * [1.15, 1.0, 0.6])[2]
    assert 0.55 * true < b <= true


def test_a_black_and_white_photo_has_no_cast(seen, drawn):
    grey = cv2.cvtColor(drawn.person(SIZE, background=(235, 235, 235)), cv2.COLOR_RGB2GRAY)
    assert cast(seen(np.repeat(grey[..., None], 3, axis=2))) == (0.0, 0.0)


def test_a_beige_wall_alone_is_no_cast(seen, drawn):
    assert np.hypot(*cast(seen(drawn.person(SIZE, background=(226, 214, 196))))) < 3


FACES = [(78, 8, 11), (74, 10, 14), (70, 12, 17), (66, 13, 19), (62, 9, 21), (55, 13, 20), (46, 14, 19), (38, 13, 16), (30, 11, 13), (23, 8, 8)]  # fmt: skip
"""Colours of faces in white light, CIELAB: pale, fair, olive, tan, brown, dark (measured ranges: Xiao et al., 2017)."""


@pytest.mark.parametrize("wall", [(240, 240, 240), (221, 222, 221), (228, 220, 205)], ids=["white", "grey", "cream"])
def test_the_same_cloth_comes_out_the_same_beside_every_skin(seen, drawn, wall):
    photo = drawn.person(SIZE, background=wall)
    skin = np.abs(photo.astype(int) - drawn.skin).max(-1) < 20
    relief = to_lab(photo) - lab(np.array(drawn.skin))
    found = []
    for tone in FACES:
        colours = np.array(tone, np.float32) + relief * min(1.0, tone[0] / 76)
        tinted = photo.copy()
        tinted[skin] = (cv2.cvtColor(colours.astype(np.float32), cv2.COLOR_LAB2RGB)[skin].clip(0, 1) * 255).round()
        person = seen(tinted)
        found.append([lab(lit(person, colour)) for colour in ((60, 60, 60), (200, 200, 200), (150, 40, 50))])
    assert np.linalg.norm(np.ptp(np.array(found), axis=0), axis=-1).max() < 1.5


@given(st.floats(-10, 10), st.floats(-STRONGEST, STRONGEST))
def test_a_tint_keeps_lightness_and_colours_grey(a, b):
    grey = np.array([[[150, 150, 150]]], np.float32)
    before, after = (to_lab((grey * factor).round().astype(np.uint8))[0, 0] for factor in (1, tint(a, b)))
    assert abs(after[0] - before[0]) < 1.5
    assert np.hypot(*(after[1:] - (a, b))) < 0.35 * np.hypot(a, b) + 0.8
