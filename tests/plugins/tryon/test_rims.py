"""Where one thing ends and the next begins: outlines and waists by colour, and what lies behind an outline."""

from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prodgen_tryon.body.matte import matted, outlined
from prodgen_tryon.body.silhouette import leg
from prodgen_tryon.body.skeleton import Skeleton
from prodgen_tryon.body.waistline import straighten_waist
from prodgen_tryon.picture.layers import joined
from prodgen_tryon.picture.mirror import mirrored
from prodgen_tryon.picture.nape import hair_behind_neck

SHAPE = (160, 160)


def disc(radius):
    ys, xs = np.ogrid[: SHAPE[0], : SHAPE[1]]
    return np.clip(radius - np.hypot(xs - 80, ys - 80) + 0.5, 0, 1).astype(np.float32)


def scene(mask, cloth, wall, noise=4.0):
    rng = np.random.default_rng(1)
    picture = np.array(cloth) * mask[..., None] + np.array(wall) * (1 - mask[..., None])
    return (picture + rng.normal(0, noise, picture.shape)).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("wrong", [-3, 3])
def test_an_outline_that_is_off_goes_to_the_edge_that_is_seen(wrong):
    true, guess = disc(45), cv2.GaussianBlur(disc(45 + wrong), (0, 0), 2)
    found = matted(scene(true, (40, 50, 70), (215, 210, 200)), guess, guess < 0.5, 6)
    assert np.abs(found - true).mean() < 0.25 * np.abs(guess - true).mean()


def test_an_outline_stays_where_colours_do_not_tell():
    true, guess = disc(45), cv2.GaussianBlur(disc(48), (0, 0), 2)
    alike = matted(scene(true, (205, 205, 200), (215, 210, 200)), guess, guess < 0.5, 6)
    assert np.array_equal(alike, guess)
    uneven = matted(scene(true, (100, 110, 120), (150, 150, 150), noise=60), guess, guess < 0.5, 6)
    assert np.abs(uneven - guess).max() < 0.2


def test_parts_move_with_the_outline_and_stay_within_it():
    true, guess = disc(45), cv2.GaussianBlur(disc(48), (0, 0), 2)
    above = np.arange(SHAPE[0])[:, None] < 80
    parts = {"person": guess, "upper": guess * above, "lower": guess * ~above, "hands": np.zeros_like(guess)}
    photo = scene(true, (40, 50, 70), (215, 210, 200))
    out = outlined(photo, parts, 200.0)
    assert (out["upper"] + out["lower"] <= out["person"] + 1e-3).all()
    assert np.abs(out["person"] - true).mean() < 0.3 * np.abs(guess - true).mean()
    assert np.array_equal(parts["person"], guess)


def waist(top, trousers, label_row, true_row):
    frame = Skeleton(
        {"shoulder_a": np.array([50.0, 20]), "shoulder_b": np.array([110.0, 20]), "hip_a": np.array([60.0, 90]), "hip_b": np.array([100.0, 90])},
        {}, 60.0, "front",
    )  # fmt: skip
    rows = np.arange(SHAPE[0])[:, None]
    mask = (rows < true_row).astype(np.float32) * np.ones(SHAPE, np.float32)
    upper = ((rows < label_row) * np.ones(SHAPE)).astype(np.float32)
    labels = {"upper": upper, "lower": 1 - upper}
    straighten_waist(labels, scene(mask, top, trousers), frame)
    return labels


@pytest.mark.parametrize("true_row", [80, 90, 96])
def test_trousers_begin_where_the_colour_changes(true_row):
    labels = waist((230, 225, 210), (50, 60, 100), 92, true_row)
    middle = labels["lower"][:, 70:90]
    assert abs(int((middle > 0.5).argmax(0).mean()) - true_row) <= 2
    assert np.allclose(labels["upper"] + labels["lower"], 1)


def test_a_waist_that_cannot_be_seen_stays():
    labels = waist((50, 60, 100), (54, 60, 96), 92, 80)
    assert ((labels["lower"] > 0.5).argmax(0) == 92).all()


def test_lines_that_meet_the_outline_go_on_behind_it():
    picture = np.full((*SHAPE, 3), 220, np.uint8)
    picture[70:90] = (90, 60, 40)
    known = np.zeros(SHAPE, bool)
    known[:, :100] = True
    made, share = mirrored(picture, known, 12)
    assert np.abs(made[:, 103:110] - picture[:, 103:110]).mean() < 2
    assert (share[20:140, 105] > 0.5).all()
    assert not share[:, 126:].any()
    assert np.array_equal(made[:, :100], picture[:, :100])


def test_hair_goes_on_behind_a_neck_where_it_falls_on_both_sides():
    zero = np.zeros(SHAPE, np.float32)
    hair, neck, face = zero.copy(), zero.copy(), zero.copy()
    hair[20:90, 40:55] = hair[20:90, 105:120] = 1
    neck[60:95, 65:95] = 1
    face[20:60, 60:100] = 1
    image = np.full((*SHAPE, 3), 200, np.uint8)
    image[hair > 0] = (90, 60, 40)
    along = (np.arange(SHAPE[0])[:, None] - 110.0) * np.ones(SHAPE)
    person = SimpleNamespace(
        cache={}, image=image, width=100.0, along=along, parts={"hair": hair, "neck": neck, "face": face}
    )
    colours, alpha = hair_behind_neck(person)
    assert (alpha[65:85, 57:63] > 0.9).all()
    assert (alpha[65:85, 97:103] > 0.9).all()
    assert not alpha[100:].any()
    assert (colours[70, 60] < (90, 60, 40)).all()
    bald = SimpleNamespace(**(vars(person) | {"cache": {}, "parts": person.parts | {"hair": zero}}))
    assert not hair_behind_neck(bald)[1].any()
    curl = hair.copy()
    curl[62:] = 0  # what is left hangs beside the neck in two rows
    curls = SimpleNamespace(**(vars(person) | {"cache": {}, "parts": person.parts | {"hair": curl, "face": zero}}))
    assert not hair_behind_neck(curls)[1].any()


@given(st.floats(0, 1), st.floats(0, 1))
def test_two_layers_as_one_show_no_colour_of_what_is_not_there(a, b):
    one, two = np.full((1, 1, 3), 30, np.float32), np.full((1, 1, 3), 210, np.float32)
    layers = [(one, np.full((1, 1), a, np.float32)), (two, np.full((1, 1), b, np.float32))]
    colours, alpha = joined(*layers)
    assert alpha[0, 0] == pytest.approx(max(a, b))
    if max(a, b) > 0.01:
        assert colours[0, 0, 0] == pytest.approx((210 * b + 30 * a * (1 - b)) / (b + a * (1 - b)), abs=0.5)


@given(st.integers(6, 13), st.integers(115, 157))
def test_a_leg_that_leaves_the_photo_keeps_its_width(half, height):
    joints = {
        f"{joint}_{side}": np.array([x, y])
        for joint, y in (("shoulder", 10.0), ("hip", 60.0), ("knee", 110.0), ("ankle", 160.0))
        for side, x in (("a", 65.0), ("b", 95.0))
    }
    legs = np.abs(np.abs(np.arange(160) - 80) - 15) < half
    whole, cut = (
        leg(np.broadcast_to(legs, (rows, 160)).astype(np.float32), Skeleton(joints, {}, 50.0, "front"), "a")
        for rows in (200, height)
    )
    assert np.abs(cut.outer - whole.outer).max() < 1
    assert np.abs(cut.inner - whole.inner).max() < 1


def test_masks_that_overlap_stay_masks():
    true = disc(45)
    above = cv2.GaussianBlur(
        (np.arange(SHAPE[0])[:, None] < 80).astype(np.float32) * np.ones(SHAPE, np.float32), (0, 0), 3
    )
    parts = {"person": true, "upper": np.minimum(true, above + 0.2), "lower": np.minimum(true, 1.2 - above)}
    split = (np.arange(SHAPE[0])[:, None] < 83).astype(np.float32) * np.ones(SHAPE, np.float32)
    photo = scene(split, (230, 225, 210), (50, 60, 100))
    for name, mask in outlined(photo, parts, 120.0).items():
        assert mask.min() >= 0, name
        assert mask.max() <= 1, name
