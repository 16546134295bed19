"""Artwork in sheets and inks, and where what repeats begins."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_mini.inks import INKS, compose, legible, registered, separate, visible
from prodgen_mini.reference import SHADED, chart_of

GROUND = np.array([40, 60, 90], np.uint8)
COLOURS = np.array([[240, 240, 240], [200, 30, 30], [20, 120, 40], [230, 190, 40], [10, 10, 10]], np.uint8)


def painted(rng, inks=4, size=48):
    """Rectangles in flat inks on the ground, opaque, with one soft edge each."""
    art = np.dstack([np.tile(GROUND, (size, size, 1)), np.zeros((size, size), np.uint8)]).astype(np.float64)
    for colour in COLOURS[rng.permutation(len(COLOURS))[:inks]]:
        top, left = rng.integers(0, size - 12, 2)
        high, wide = rng.integers(8, 20, 2)
        cover = np.zeros((size, size))
        cover[top : top + high, left : left + wide] = 1
        cover[top, left : left + wide] = rng.uniform(0.2, 0.8)
        art[..., :3] += (colour - art[..., :3]) * cover[..., None]
        art[..., 3] += (255 - art[..., 3]) * cover
    return art.round().astype(np.uint8)


def psnr(art, sheets, inks):
    whole = np.full((INKS, 3), 0.5)
    whole[: len(inks)] = inks
    found = compose(sheets / 255, whole, GROUND / 255)
    error = ((found[:3].transpose(1, 2, 0) + GROUND / 255 - art[..., :3] / 255) ** 2).mean()
    return -10 * np.log10(max(error, 1e-9)), np.abs(found[3] - art[..., 3] / 255).mean()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, INKS))
def test_flat_artwork_is_its_inks(seed, count):
    art = painted(np.random.default_rng(seed), count)
    sheets, inks = separate(art, GROUND)
    assert sheets.shape == (INKS + 1, 48, 48)
    assert (sheets.astype(int).sum(0) == 255).all()
    assert len(inks) <= INKS
    decibels, cover = psnr(art, sheets, inks)
    assert decibels > 33
    assert cover < 0.02
    areas = sheets[1:].astype(int).sum((1, 2))
    assert (np.diff(areas) <= 0).all()


def test_shapes_do_not_depend_on_colours():
    """The same rectangles in other inks give the same sheets."""
    shapes = painted(np.random.default_rng(3), 3)
    names, where = np.unique(shapes.reshape(-1, 4)[:, :3], axis=0, return_inverse=True)
    other = shapes.copy()
    solid = np.isin(names, np.vstack([GROUND, COLOURS])).all(1)
    mapped = names.copy()
    mapped[solid] = np.where((names[solid] == GROUND).all(1)[:, None], GROUND, 255 - names[solid])
    other[..., :3] = mapped[where].reshape(*shapes.shape[:2], 3)
    plain = solid[where].reshape(shapes.shape[:2])
    one, two = separate(shapes, GROUND)[0], separate(other, GROUND)[0]
    assert (np.abs(one.astype(int) - two)[:, plain] <= 2).mean() > 0.99


def test_bare_ground_has_no_ink_and_an_opaque_panel_in_its_colour_has_one():
    bare = np.dstack([np.tile(GROUND, (16, 16, 1)), np.zeros((16, 16), np.uint8)])
    sheets, inks = separate(bare, GROUND)
    assert len(inks) == 0
    assert (sheets[0] == 255).all()
    panel = bare.copy()
    panel[4:12, :, 3] = 255
    sheets, inks = separate(panel, GROUND)
    assert np.abs(inks[0] * 255 - GROUND).max() < 2
    assert (sheets[1, 4:12] == 255).all()


def test_a_gradient_is_two_inks():
    share = np.linspace(0, 1, 64)[:, None, None]
    art = (GROUND * (1 - share) + COLOURS[1] * share) * np.ones((64, 64, 1))
    art = np.dstack([art, 255 * share[..., 0] * np.ones((64, 64))]).round().astype(np.uint8)
    sheets, inks = separate(art, GROUND)
    assert psnr(art, sheets, inks)[0] > 40


def stripes(count, phase, slant=0):
    y, x = np.mgrid[0:128, 0:128] / 128
    dark = ((count * y + slant * x + phase) % 1 < 0.4).astype(float)
    sheets = np.zeros((INKS + 1, 128, 128))
    sheets[1], sheets[0] = 255 * dark, 255 * (1 - dark)
    return sheets.astype(np.uint8)


def dots(count):
    y, x = np.mgrid[0:128, 0:128] / 128 * count % 1
    inside = (np.hypot(y - 0.5, x - 0.5) < 0.3).astype(np.uint8)
    sheets = np.zeros((INKS + 1, 128, 128), np.uint8)
    sheets[1], sheets[0] = 255 * inside, 255 * (1 - inside)
    return sheets


@settings(max_examples=40, deadline=None)
@given(
    st.sampled_from(["stripes", "slanted", "dots"]), st.sampled_from([2, 4]), st.integers(0, 127), st.integers(0, 127)
)
def test_where_a_pattern_begins_does_not_matter(kind, count, down, across):
    sheets = {
        "stripes": lambda: stripes(count, 0.3),
        "slanted": lambda: stripes(count, 0.3, count),
        "dots": lambda: dots(count),
    }[kind]()
    first, _ = registered(sheets)
    moved = np.roll(sheets, (down, across), (1, 2))
    again, move = registered(moved)
    assert np.array_equal(np.roll(again, np.round(move * 128).astype(int), (1, 2)), moved)
    assert (np.abs(first.astype(int) - again) > 2).mean() < 0.05  # half a pixel of an edge, at most
    assert np.abs(move).max() <= 0.5 + 1 / 128


def test_what_has_no_waves_stays():
    plain = np.zeros((INKS + 1, 128, 128), np.uint8)
    plain[0] = 255
    sheets, move = registered(plain)
    assert np.array_equal(sheets, plain)
    assert move == pytest.approx([0, 0])


def label_of(inks):
    """A bright panel (ink 1) on a green ground, and on it a square in ink 2."""
    sheets = np.zeros((INKS + 1, 64, 64))
    sheets[0], sheets[1, 8:56, 8:56], sheets[2, 20:32, 20:32] = 1, 1, 1
    sheets[1] -= sheets[2]
    sheets[0] -= sheets[1] + sheets[2]
    whole = np.full((INKS, 3), 0.5)
    whole[: len(inks)] = inks
    return whole, sheets, np.array([0.2, 0.5, 0.3])


@given(st.integers(0, 10**6))
def test_small_things_of_a_label_stand_out_from_what_is_around_them(seed):
    inks, sheets, ground = label_of(np.random.default_rng(seed).random((2, 3)))
    seen = legible(inks, sheets, ground)
    assert np.linalg.norm(seen[1] - seen[0]) > 0.25
    assert np.array_equal(np.delete(seen, 1, 0), np.delete(inks, 1, 0)), "the panel and inks that draw nothing stay"


def test_what_stands_out_stays_as_it_is():
    inks, sheets, ground = label_of([[0.95, 0.94, 0.9], [0.7, 0.1, 0.1]])
    assert np.array_equal(legible(inks, sheets, ground), inks)
    pale, sheets, ground = label_of([[0.95, 0.94, 0.9], [0.9, 0.95, 0.9]])
    darker = legible(pale, sheets, ground)[1]
    assert darker.mean() < 0.8
    assert darker[1] > darker[[0, 2]].max(), "still green"


def test_what_is_inside_another_picture_alone_has_nothing_around_it():
    sheets = np.zeros((INKS + 1, 64, 64), np.float32)
    sheets[0] = 1
    sheets[:, 20:44, 20:44] = 0  # where a thing has sheets of its own
    sheets[2, 30:34, 30:34] = 1
    grey = np.full((INKS, 3), 0.5, np.float32)
    assert np.isfinite(legible(grey, sheets, grey[0])).all()


def test_of_a_pattern_that_is_not_seen_the_widest_ink_stands_out():
    inks, sheets, ground = label_of([[0.22, 0.5, 0.33], [0.2, 0.48, 0.3]])
    seen = visible(inks, sheets, ground)
    assert np.linalg.norm(seen[0] - ground) > 0.25
    assert np.array_equal(seen[1:], inks[1:])
    inks, sheets, ground = label_of([[0.22, 0.5, 0.33], [0.9, 0.9, 0.8]])
    assert np.array_equal(visible(inks, sheets, ground), inks), "flowers are seen, their leaves may be dark"


@pytest.mark.parametrize("colour", [(57, 99, 168), (30, 30, 34), (200, 60, 50)])
def test_a_photographed_pattern_in_light_and_shade_has_the_inks_of_its_print(colour):
    across, down = np.meshgrid(np.linspace(0, 1, 240), np.linspace(0, 1, 240))
    light = (0.75 + 0.3 * np.sin(2.6 * across + 0.4))[..., None] * (1 - 0.15 * down[..., None])
    stripes = (np.floor(across * 15) % 2 == 1)[..., None]
    ink = 255 - np.array(colour)
    photo = np.full((300, 300, 3), 128, np.uint8)
    photo[30:270, 30:270] = np.clip(np.where(stripes, ink, colour) * light, 0, 255)
    chart, found = chart_of(photo)
    sheets, inks = separate(chart, found, enough=SHADED)
    covers = sheets.mean((1, 2)) / 255
    assert covers[0] == pytest.approx(0.5, abs=0.08)
    assert covers[1] > 0.8 * (1 - covers[0]), "one ink for stripes in the light and in the shade"
    assert np.abs(inks[0] * 255 - ink).max() < 40
