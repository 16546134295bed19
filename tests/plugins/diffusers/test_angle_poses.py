"""The 96 poses of the Multiple-Angles LoRA."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prodgen_diffusers.angles.poses import angle, nearest, prompt

from prodgen_sdk.types import NAMED_VIEWS, VIEW_SETS, View

VIEWS = st.builds(
    View, azimuth=st.floats(0, 359.9), elevation=st.floats(-90, 90), distance=st.floats(0.2, 5)
)  # fmt: skip


def test_the_vocabulary_is_the_set_pose96():
    words = [prompt(view) for view in VIEW_SETS["pose96"]]
    assert len(set(words)) == 96
    assert words[0] == "<sks> front view low-angle shot close-up"
    assert words[-1] == "<sks> front-left quarter view high-angle shot wide shot"
    assert prompt(View()) == "<sks> front view eye-level shot medium shot"


def test_left_and_right_are_the_viewers():
    """Azimuth 90: the camera has moved to the right hand of someone who faces the product's front."""
    to_the_right = np.cross([0, 1, 0], [0, 0, 1])  # ahead x up of the front camera, which looks along +Y
    for name, words in {"right": "right side", "left": "left side", "front": "front", "back": "back"}.items():
        view = NAMED_VIEWS[name]
        assert f" {words} view" in prompt(view)
        side = np.dot(view.camera_position(), to_the_right)
        assert (side > 1) == (name == "right")
        assert (side < -1) == (name == "left")
    assert "front-right quarter view" in prompt(View(azimuth=45))
    assert "back-left quarter view" in prompt(View(azimuth=225))


def test_higher_is_seen_from_above():
    assert View(elevation=60).camera_position()[2] > 0
    assert "high-angle" in prompt(View(elevation=60))
    assert "low-angle" in prompt(View(elevation=-30))


def test_unknown_poses_have_no_words():
    with pytest.raises(KeyError):
        prompt(View(azimuth=30))


@given(st.sampled_from(VIEW_SETS["pose96"]))
def test_a_pose_is_its_own_nearest(view):
    pose = nearest(view)
    assert pose.view == view
    assert pose.exact


@given(VIEWS)
def test_no_other_pose_is_nearer(wanted):
    pose = nearest(wanted)
    assert pose.degrees <= min(angle(wanted, view) for view in VIEW_SETS["pose96"]) + 1e-9
    same = [view for view in VIEW_SETS["pose96"] if angle(wanted, view) <= pose.degrees]
    assert abs(math.log(pose.zoom)) <= min(abs(math.log(wanted.distance / view.distance)) for view in same) + 1e-9
    assert pose.zoom == pytest.approx(wanted.distance / pose.view.distance)


@given(VIEWS, VIEWS)
def test_angles_are_those_of_the_unit_vectors(first, second):
    a, b = (np.array(view.camera_position()) / np.linalg.norm(view.camera_position()) for view in (first, second))
    assert angle(first, second) == pytest.approx(angle(second, first), abs=1e-6)
    assert math.cos(math.radians(angle(first, second))) == pytest.approx(float(a @ b), abs=1e-9)


@pytest.mark.parametrize(
    ("wanted", "slug", "degrees"),
    [
        (View(azimuth=0, elevation=15), "az0_el30_d1", 15),  # a tie: the higher one
        (View(azimuth=22.5), "front", 22.5),  # a tie: the one nearer the front
        (View(azimuth=337.5), "front", 22.5),
        (View(elevation=90), "az0_el60_d1", 30),
        (View(elevation=-90), "az0_el-30_d1", 60),
        (View(azimuth=100, elevation=50, distance=1.5), "az90_el60_d1.8", None),
    ],
)
def test_nearest_of_views_outside_the_vocabulary(wanted, slug, degrees):
    pose = nearest(wanted)
    assert pose.view.slug == slug
    assert not pose.exact
    if degrees is not None:
        assert pose.degrees == pytest.approx(degrees)
