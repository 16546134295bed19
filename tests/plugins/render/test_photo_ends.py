"""What the ends of an outline, and its place in the frame, tell of a body that no word describes."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from prodgen_render.model import Material, Model3D, Part
from prodgen_render.photo.build import model_from_photos
from prodgen_render.photo.cuboid import KnownOfBox, fit_cuboid
from prodgen_render.photo.depth import framed_depth
from prodgen_render.photo.ends import told_by_ends
from prodgen_render.photo.frame import contract_frame
from prodgen_render.photo.measures import overlap
from prodgen_render.photo.revolution import half_widths, mirror_axis
from prodgen_render.photo.shadow import elevation_from_shadow
from prodgen_render.rendering.views import render, silhouettes
from prodgen_render.shapes.geometry import box, refine, revolve

from prodgen_sdk.types import Product, View

PLAIN = Material("plastic", (0.2, 0.35, 0.6), 0.5)
UNKNOWN = Product(sku="x", title="?", category="other/thing")
SIZE = 320


def can(height: float = 1.3, radius: float = 0.5) -> Model3D:
    edge = 0.02
    profile = [
        (1e-4, 0),
        (radius - edge, 0),
        (radius, edge),
        (radius, height - edge),
        (radius - edge, height),
        (1e-4, height),
    ]
    return Model3D((revolve(refine(np.array(profile), 0.05), PLAIN),))


def carton(width: float, depth: float, height: float) -> Model3D:
    return Model3D(tuple(box((width, depth, height), 0.02, PLAIN)))


def ends_of(model: Model3D, elevation: float, shadow: float | None = None):
    mask = silhouettes(model, [View(elevation=elevation)], SIZE)[0]
    frame = contract_frame(SIZE, SIZE)
    axis = mirror_axis(mask)
    return told_by_ends(mask, axis, half_widths(mask, axis), frame, shadow)


@pytest.mark.parametrize("elevation", [0, 8, 16, 25])
@pytest.mark.parametrize("size", [(0.9, 0.4, 1.3), (0.7, 0.7, 1.8), (1.7, 0.5, 0.9)])
def test_ends_of_boxes_are_straight_from_everywhere(elevation, size):
    assert ends_of(carton(*size), elevation).straight


@pytest.mark.parametrize("elevation", [0, 8, 16, 25])
@pytest.mark.parametrize(("height", "radius"), [(1.3, 0.5), (1.0, 0.6), (1.7, 0.35)])
def test_ends_of_cans_are_round_where_the_shadow_says_about_how_high_the_camera_is(elevation, height, radius):
    ends = ends_of(can(height, radius), elevation, shadow=max(0.0, elevation - 3))
    assert ends.round
    assert not ends.straight
    assert abs(ends.elevation - elevation) < 5


@pytest.mark.parametrize("elevation", [0, 15])
def test_a_can_that_nothing_is_known_of_is_round(elevation):
    truth = can()
    photo = render(truth, [View(elevation=elevation)], size=SIZE)[0].image
    built = model_from_photos(photo, UNKNOWN)
    assert built.shape == "revolution"
    low, high = built.model.bounds
    assert 0.9 < (high - low)[1] / (high - low)[0] < 1.1


@pytest.mark.parametrize("elevation", [0, 15])
def test_a_square_carton_that_nothing_is_known_of_is_no_bottle(elevation):
    photo = render(carton(0.7, 0.7, 1.9), [View(elevation=elevation)], size=SIZE)[0].image
    built = model_from_photos(photo, UNKNOWN)
    assert built.shape == "cuboid"
    assert -8 < built.source.elevation < 25


@pytest.mark.parametrize("elevation", [0.0, 12.0, 20.0])
@pytest.mark.parametrize("depth", [0.4, 0.9, 1.4])
def test_the_frame_tells_the_depth_of_a_block(elevation, depth):
    mask = silhouettes(carton(1.2, depth, 0.7), [View(elevation=elevation)], SIZE)[0]
    radius = math.sqrt(1.2**2 + depth**2 + 0.7**2) / 2
    frame = contract_frame(SIZE, SIZE).but(elevation=elevation)
    found = framed_depth(mask, frame, 0.7, 0.5)
    assert abs(np.log(found / (depth / radius))) < 0.5


def test_a_photo_that_only_looks_framed_gets_a_usual_depth():
    y, x = np.mgrid[0:SIZE, 0:SIZE]
    small = (abs(x - SIZE / 2) < 60) & (abs(y - SIZE / 2) < 40)
    frame = contract_frame(SIZE, SIZE)
    assert framed_depth(small, frame, 0.7, 0.35) < 0.8


def test_the_frame_tells_that_a_cube_is_one_where_no_word_does():
    photo = render(carton(1.2, 1.2, 1.2), [View(elevation=15)], size=SIZE)[0].image
    built = model_from_photos(photo, UNKNOWN)
    low, high = built.model.bounds
    width, depth, height = high - low
    assert built.shape == "cuboid"
    assert 0.85 < depth / width < 1.15
    assert 0.85 < depth / height < 1.15


def test_a_low_tray_is_not_a_tile_seen_from_above():
    profile = np.array([[-0.7, -0.7], [0.7, -0.7], [0.7, 0.7], [-0.7, 0.7]])
    bottom, top = np.c_[0.72 * profile, np.zeros(4)], np.c_[profile, np.full(4, 0.25)]
    vertices = np.concatenate([bottom, top]).astype(np.float32)
    sides = [(i, (i + 1) % 4, (i + 1) % 4 + 4, i + 4) for i in range(4)]
    quads = [*sides, (3, 2, 1, 0), (4, 5, 6, 7)]
    faces = np.array([face for a, b, c, d in quads for face in ((a, b, c), (a, c, d))], np.int32)
    flat = vertices[faces].reshape(-1, 3)
    normals = np.repeat(np.cross(flat[1::3] - flat[::3], flat[2::3] - flat[::3]), 3, 0)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    order = np.arange(len(flat), dtype=np.int32).reshape(-1, 3)
    tray = Model3D((Part(flat, order, normals.astype(np.float32), np.zeros((len(flat), 2), np.float32), PLAIN),))
    true = render(tray, [View()], size=SIZE)[0]
    ours = render(model_from_photos(true.image, UNKNOWN).model, [View()], size=SIZE)[0]
    assert overlap(ours.mask, true.mask) > 0.9


def test_what_is_curved_all_around_is_rounded_in_depth_too():
    angle = np.linspace(-np.pi / 2, np.pi / 2, 60)
    egg = revolve(np.c_[np.maximum(0.6 * np.cos(angle), 1e-4), 0.6 + 0.6 * np.sin(angle)], PLAIN)
    lying = Part((egg.vertices * [1.35, 1, 1]).astype(np.float32), egg.faces, egg.normals, egg.uv, egg.material)
    views = [View(elevation=10), View(azimuth=90, elevation=10)]
    true = render(Model3D((lying,)), views, size=SIZE)
    attributes = {"photo_shape": "relief"}
    built = model_from_photos(true[0].image, UNKNOWN.model_copy(update={"attributes": attributes}))
    ours = render(built.model, views, size=SIZE)
    assert overlap(ours[1].mask, true[1].mask) > 0.85
    columns = ours[1].mask.any(0).nonzero()[0]
    filled = ours[1].mask.sum() / (len(columns) * ours[1].mask.any(1).sum())
    # An ellipse fills 0.79 of its box, a block all of it.
    assert filled < 0.87


@pytest.mark.parametrize("elevation", [0, 12])
def test_what_stands_beside_a_bottle_stands_as_far_behind_it_as_the_floor_tells(elevation):
    behind = can(0.8, 0.25).parts[0].moved(x=0.45, y=0.3)
    truth = Model3D((can(1.5, 0.3).parts[0].moved(x=-0.3), behind))
    photo = render(truth, [View(elevation=elevation)], size=SIZE)[0].image
    built = model_from_photos(photo, Product(sku="x", title="Lipstick", category="beauty/lipstick"))
    first, second = built.model.parts
    height = np.ptp(first.vertices[:, 2])
    away = (second.vertices[:, 1].mean() - first.vertices[:, 1].mean()) / height
    assert away == pytest.approx(0.3 / 1.5, abs=0.05)
    assert np.ptp(second.vertices[:, 2]) / height == pytest.approx(0.8 / 1.5, abs=0.03)


@pytest.mark.parametrize("elevation", [0.0, 8.0, 16.0, 25.0])
def test_rounded_ends_tell_little_against_a_lower_camera_and_flat_ones_much_against_a_higher(elevation):
    tried = np.arange(0.0, 40.0)
    ends = ends_of(can(), elevation)
    assert abs(tried[ends.against(tried, 1.0).argmin()] - elevation) < 4
    swollen = [replace(end, curve=end.curve + 0.3) for end in ends.curves]
    against = replace(ends, curves=tuple(swollen)).against(tried, 1.0)
    assert against[tried <= elevation].max() <= 8
    flatter = [replace(end, curve=0.3 * end.curve) for end in ends.curves]
    assert replace(ends, curves=tuple(flatter)).against(np.array([elevation + 15.0]), 1.0)[0] > 8


@pytest.mark.parametrize("elevation", [8, 15, 25])
@pytest.mark.parametrize("truth", [can(), can(0.5, 0.7), carton(0.9, 0.4, 1.3), carton(1.7, 0.5, 0.9)])
def test_shadows_tell_the_elevation_of_low_and_high_cameras_alike(truth, elevation):
    photo = render(truth, [View(elevation=elevation)], size=SIZE)[0]
    darker = (1 - photo.image / 255).astype(np.float32)
    assert elevation_from_shadow(darker, photo.mask) == pytest.approx(elevation, abs=5)


def test_a_box_that_is_turned_by_worn_edges_alone_is_seen_from_straight_in_front():
    mask = silhouettes(carton(1.2, 0.5, 1.5), [View()], SIZE)[0]
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    worn = mask.copy()
    worn[: rows[0] + 4, columns[-1] - 30 :] = False
    worn[:, columns[-1] - 1 :] = False
    found = fit_cuboid(worn, contract_frame(SIZE, SIZE), KnownOfBox(framed=True))
    assert found.camera.azimuth == 0
    assert found.camera.elevation == 0


def test_a_box_that_is_turned_is_not_taken_for_one_from_straight_in_front():
    mask = silhouettes(carton(1.2, 0.9, 1.5), [View(azimuth=20, elevation=15)], SIZE)[0]
    found = fit_cuboid(mask, contract_frame(SIZE, SIZE), KnownOfBox(framed=True))
    assert abs(found.camera.azimuth) > 10
