"""Skin that clothes hid, and cloth where sleeves meet the torso."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from prodgen_tryon.body.person import analyse
from prodgen_tryon.filters import polygon
from prodgen_tryon.picture import underlay
from prodgen_tryon.picture.compose_top import close_pinholes
from prodgen_tryon.picture.regions import front
from prodgen_tryon.picture.skin.arm_width import hidden_until
from prodgen_tryon.picture.skin.arms import across_the_arm
from prodgen_tryon.picture.skin.ribbon import ribbon

from prodgen_sdk.types import PersonPhoto


def arm(light):
    """A straight arm down a picture, lit by `light(across)`, its sleeve ending at .5; ribbon, picture and where skin is sure."""
    t = np.linspace(0, 1, 20)
    centre = np.stack([np.full(20, 60.0), 20 + 160 * t], 1)
    normal, half = np.tile([1.0, 0.0], (20, 1)), np.full(20, 25.0)
    drawn = ribbon((200, 120, 3), centre, normal, t, half, half)
    image = np.zeros((200, 120, 3), np.float32)
    image[drawn.ys, drawn.xs] = light(drawn.across)[:, None] * np.array([220.0, 170, 140])
    return drawn, image


def test_an_arm_in_a_sleeve_is_lit_across_as_it_is_seen_below_it():
    def light(across):
        return 1 - 0.4 * (across - 0.3) ** 2

    drawn, image = arm(light)
    sure = np.zeros(image.shape[:2], bool)
    sure[102:150, 34:87] = True
    seen = across_the_arm(drawn, image, sure, 0.5)
    places = np.linspace(-0.7, 0.7, 9)
    assert seen(places)[:, 0] == pytest.approx(220 * light(places), rel=0.04)
    assert seen(places)[:, 2] == pytest.approx(140 * light(places), rel=0.04)


def test_what_is_seen_of_half_an_arm_says_nothing_of_the_other_half():
    drawn, image = arm(lambda across: 1 - 0.2 * across)
    sure = np.zeros(image.shape[:2], bool)
    sure[102:150, 34:60] = True
    assert across_the_arm(drawn, image, sure, 0.5) is None


def test_only_small_holes_between_a_sleeve_and_the_torso_are_closed():
    torso, sleeve = np.zeros((100, 100, 4), np.float32), np.zeros((100, 100, 4), np.float32)
    torso[10:90, 40:90] = (200, 30, 40, 1)
    sleeve[10:60, 10:40] = (190, 30, 40, 1)
    for layer in (torso, sleeve):
        layer[28:33, 38:43, 3] = 0
        layer[45:59, 33:47, 3] = 0
    before = torso[..., 3].copy()
    close_pinholes(torso, [sleeve], 30.0)
    assert (torso[28:33, 38:43, 3] == 1).all()
    assert np.allclose(torso[28:33, 38:43, :3], (200, 30, 40), atol=1)
    assert np.array_equal(torso[40:, :, 3], before[40:])  # the larger one is the scene between arm and body
    assert np.array_equal(torso[:, :30, 3], before[:, :30])


def test_the_half_of_an_arm_that_a_wide_top_hides_is_drawn(drawn, parser):
    photo = drawn.person((800, 600))
    plain = analyse(photo, parser.parse([PersonPhoto(image=photo)], None)[0], 800)
    assert hidden_until(plain, "b") == plain.measured.sleeves["b"]
    wide = np.array([(360, 240), (374, 240), (389, 285), (406, 330), (415, 400), (360, 400)], np.int32)
    cv2.fillPoly(photo, [wide], (70, 110, 90), cv2.LINE_AA)  # over the inner side of the arm below the sleeve
    person = analyse(photo, parser.parse([PersonPhoto(image=photo)], None)[0], 800)
    assert hidden_until(person, "b") > person.measured.sleeves["b"] + 0.2
    x, y = person.origin
    at = (330 - y, 398 - x)
    assert person.parts["upper"][at] > 0.5
    colours, alpha = underlay.bare_arms(person)
    assert alpha[at] > 0.5
    assert np.abs(colours[at] - drawn.skin).max() < 60


def test_the_slope_from_the_neck_to_the_shoulders_is_skin_below_a_collar(drawn):
    photo = drawn.photo()
    person = analyse(photo.image, drawn.body(photo), 400)
    frame, w, rise = person.frame, person.width, person.measured.rise
    collar = polygon(
        person.image.shape, np.array([frame.at(x * w, y * w - rise) for x, y in ((-0.3, 0.1), (-0.3, -0.2), (0, -0.2), (0, 0.1))])
    )  # fmt: skip
    hidden = {name: np.maximum(person.parts[name], collar) for name in ("upper", "person")}
    worn = replace(person, parts=person.parts | hidden, cache={})
    _, alpha = underlay.bare_skin(worn)
    x, y = np.round(frame.at(-0.22 * w, -0.04 * w - rise)).astype(int)
    assert alpha[y, x] > 0.9
    x, y = np.round(frame.at(-0.28 * w, -0.15 * w - rise)).astype(int)  # a hood stands off from the neck
    assert alpha[y, x] < 0.1


def test_a_face_ends_sharply_where_the_neck_begins(drawn):
    photo = drawn.photo()
    person = analyse(photo.image, drawn.body(photo), 400)
    share = np.clip((np.arange(400, dtype=np.float32) - 120) / 40, 0, 1)[:, None] * np.ones(
        (1, person.image.shape[1]), np.float32
    )
    parts = {name: np.zeros_like(person.parts["face"]) for name in person.parts}
    parts |= {"face": (1 - share)[: person.image.shape[0]], "neck": share[: person.image.shape[0]]}
    alpha = front(replace(person, parts=parts | {"person": np.ones_like(parts["face"])}, cache={}))[:, 5]
    assert alpha[:125].min() > 0.85
    assert ((alpha > 0.1) & (alpha < 0.9)).sum() <= 20  # of the 32 rows over which the labels are mixed
    assert alpha[155:].max() < 0.1
