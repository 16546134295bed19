"""Cameras of MV-Adapter, in the SDK's world."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prodgen_diffusers.config import MultiView
from prodgen_diffusers.mv_adapter.cameras import camera_to_world, ray_maps

from prodgen_sdk.types import View

VIEWS = st.builds(View, azimuth=st.floats(0, 359.9), elevation=st.floats(-90, 90))
LEVEL = st.builds(View, azimuth=st.floats(0, 359.9), elevation=st.floats(-80, 80))


@given(VIEWS)
def test_a_pose_is_a_rotation_that_looks_at_the_product(view):
    pose = camera_to_world(view)
    turn, position = pose[:3, :3], pose[:3, 3]
    np.testing.assert_allclose(turn @ turn.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(turn) == pytest.approx(1)
    np.testing.assert_allclose(turn[:, 2], position, atol=1e-12)  # backwards is away from the origin
    assert turn[2, 0] == 0  # the horizon is level
    assert turn[2, 1] >= -1e-12  # and up is up


@given(VIEWS)
def test_cameras_stand_where_the_sdk_says(view):
    expected = np.array(view.camera_position())
    np.testing.assert_allclose(camera_to_world(view)[:3, 3], expected / np.linalg.norm(expected), atol=1e-12)


def test_named_views():
    positions = {name: camera_to_world(View(azimuth=azimuth))[:3, 3].round(9).tolist() for name, azimuth in
                 {"front": 0, "right": 90, "back": 180, "left": 270}.items()}  # fmt: skip
    assert positions == {"front": [0, -1, 0], "right": [1, 0, 0], "back": [0, 1, 0], "left": [-1, 0, 0]}


def naive_maps(view, size):
    """By another road: a look-at matrix in the adapter's own angles (from +X), inverted and read as an OpenCV camera."""
    azimuth, elevation = math.radians(view.azimuth - 90), math.radians(view.elevation)
    position = 1.8 * np.array(
        [math.cos(elevation) * math.cos(azimuth), math.cos(elevation) * math.sin(azimuth), math.sin(elevation)]
    )
    ahead = -position / np.linalg.norm(position)
    right = np.cross(ahead, [0, 0, 1])
    right /= np.linalg.norm(right)
    pose = np.eye(4)
    pose[:3] = np.stack([right, np.cross(right, ahead), -ahead, position], 1)
    world_to_camera = np.linalg.inv(pose)
    world_to_camera[1:3] *= -1
    turn, shift = world_to_camera[:3, :3], world_to_camera[:3, 3]
    centre = -turn.T @ shift
    six = np.concatenate([turn.T @ [0, 0, 1], centre / np.linalg.norm(centre)])
    return np.tile((six[:, None, None] + 1) / 2, (1, size, size))


@given(LEVEL)
def test_maps_agree_with_a_look_at_matrix(view):
    np.testing.assert_allclose(ray_maps([view], 3)[0], naive_maps(view, 3), atol=1e-6)


def test_maps_of_the_trained_views():
    maps = ray_maps([View(azimuth=azimuth) for azimuth in MultiView.model_fields["azimuths"].default], 4)
    assert maps.shape == (6, 6, 4, 4)
    assert maps.dtype == np.float32
    assert maps.flags.c_contiguous
    half = 0.5 + math.sqrt(0.5) / 2
    assert maps[1, :, 0, 0] == pytest.approx([1 - half, half, 0.5, half, 1 - half, 0.5])
    assert np.ptp(maps, axis=(2, 3)).max() == 0


@given(VIEWS, st.floats(-360, 360))
def test_turning_the_azimuth_turns_the_world_about_its_axis(view, by):
    angle = math.radians(by)
    about = np.array([[math.cos(angle), -math.sin(angle), 0], [math.sin(angle), math.cos(angle), 0], [0, 0, 1]])
    turned = camera_to_world(View(azimuth=view.azimuth + by, elevation=view.elevation))
    np.testing.assert_allclose(turned[:3], about @ camera_to_world(view)[:3], atol=1e-9)


def test_rays_of_one_pixel_may_be_written_to():
    # torch warns of arrays that may not, which is what a broadcast of one pixel is.
    assert ray_maps([View(azimuth=45)], 1).flags.writeable
