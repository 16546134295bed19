"""Depth and normal maps, against the closed form of a sphere and against the masks of the pictures."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_render import plugin
from prodgen_render.model import Model3D, Part
from prodgen_render.parametric import ParametricGenerator
from prodgen_render.rendering.camera import camera
from prodgen_render.rendering.maps import frame_of, geometry, geometry_maps
from prodgen_render.rendering.tracer import Tracer

from prodgen_sdk.context import Context
from prodgen_sdk.errors import InputError
from prodgen_sdk.host import Host
from prodgen_sdk.testing.fakes import FakePlugin
from prodgen_sdk.types import GenerationRequest, Product, View

MUG = Product(sku="m", title="Red mug", category="home/mug")


@pytest.fixture(scope="module")
def sphere():
    import trimesh

    ball = trimesh.creation.icosphere(subdivisions=5)
    points = np.asarray(ball.vertices, np.float32)
    part = Part(points, np.asarray(ball.faces, np.int32), points, np.zeros((len(points), 2), np.float32))
    return Tracer(Model3D((part,), {}))


@settings(deadline=None, max_examples=12)
@given(st.floats(0, 359), st.floats(-90, 90), st.sampled_from([0.6, 1.0, 1.8]))
def test_a_sphere_is_seen_as_its_equation_says(sphere, azimuth, elevation, distance):
    size, view = 33, View(azimuth=azimuth, elevation=elevation, distance=distance)
    maps = geometry_maps(sphere, view, size, ("depth", "normal"))
    away = np.linalg.norm(view.camera_position())
    steps = (np.arange(size) + 0.5) / size * 2 - 1
    x, y = np.meshgrid(steps, -steps)
    ray = np.stack([x, y, np.full_like(x, -1 / math.tan(math.radians(15)))], axis=-1)
    ray /= np.linalg.norm(ray, axis=-1, keepdims=True)
    along = -away * ray[..., 2]  # to the point nearest the middle; camera axes, the middle at (0, 0, -away)
    inside = 1 - (away**2 - along**2)
    seen = inside > 0.02
    hit = (along - np.sqrt(np.maximum(inside, 0)))[..., None] * ray
    assert (np.isfinite(maps["depth"]) >= seen).all()
    np.testing.assert_allclose(maps["depth"][seen], -hit[seen][:, 2], atol=2e-2)
    np.testing.assert_allclose(maps["normal"][seen], (hit - [0, 0, -away])[seen], atol=6e-2)


def test_maps_fit_the_picture():
    views = (View(), View(azimuth=90, elevation=30))
    request = GenerationRequest(product=MUG, views=views, size=64, maps=("depth", "normal"))
    ((front, side),) = ParametricGenerator().generate([request], Context())
    for picture in (front, side):
        depth, normal = picture.maps["depth"], picture.maps["normal"]
        assert (depth.dtype, depth.shape, normal.dtype, normal.shape) == (np.float32, (64, 64), np.float32, (64, 64, 3))
        there = np.isfinite(depth)
        assert (there != picture.mask).mean() < 0.03  # the mask looks at the edges with more rays
        lengths = np.linalg.norm(normal, axis=2)
        np.testing.assert_allclose(lengths[there], 1, atol=1e-5)
        assert (lengths[~there] == 0).all()
        assert (normal[there][:, 2] > -1e-4).mean() > 0.99  # what is seen faces the viewer
    assert front.maps["normal"][32, :, 0][:20].min() < -0.3  # a round body: its left side faces left
    ((plain, _),) = ParametricGenerator().generate([request.model_copy(update={"maps": ()})], Context())
    assert plain.maps == {}
    assert (plain.image == front.image).all()


def test_maps_alone_are_those_of_the_picture_and_the_silhouette_differs_on_the_outline_only():
    from scipy.ndimage import binary_dilation, binary_erosion

    views = (View(), View(azimuth=130, elevation=35, distance=0.6), View(elevation=-20, distance=1.8))
    request = GenerationRequest(product=MUG, views=views, size=96, seed=3, maps=("depth", "normal"))
    (pictures,) = ParametricGenerator().generate([request], Context())
    (alone,) = ParametricGenerator().generate([request.model_copy(update={"maps_only": True})], Context())
    for picture, outline in zip(pictures, alone, strict=True):
        for kind in request.maps:
            assert (picture.maps[kind] == outline.maps[kind]).all()
        assert (outline.mask == np.isfinite(outline.maps["depth"])).all()
        assert (outline.image == 255 * outline.mask[..., None]).all()
        edge = binary_dilation(outline.mask) & ~binary_erosion(outline.mask)
        assert not (picture.mask != outline.mask)[~edge].any()
        assert picture.facts == outline.facts


@settings(deadline=None, max_examples=10)
@given(st.floats(0, 359), st.floats(-90, 90), st.sampled_from([0.1, 0.3, 0.6, 1.0, 1.8]))
def test_no_ray_outside_of_the_frame_meets_the_model(sphere, azimuth, elevation, distance):
    eye = camera(View(azimuth=azimuth, elevation=elevation, distance=distance), 40)
    middles = np.arange(40, dtype=np.float32) + 0.5
    x, y = (axis.reshape(-1) for axis in np.meshgrid(middles, middles))
    directions = eye.directions(x, y)
    met = np.zeros(40 * 40, bool)
    met[sphere.first(np.broadcast_to(eye.position, directions.shape), directions).ray] = True
    top, bottom, left, right = frame_of(sphere, eye)
    outside = met.reshape(40, 40).copy()
    outside[top:bottom, left:right] = False
    assert not outside.any()
    assert (geometry(sphere, eye.view, 40, ())[0] == met.reshape(40, 40)).all()


def test_the_host_passes_maps_and_refuses_them_where_there_are_none():
    host = Host(strict=True)
    host.register(plugin, "render")
    host.register(FakePlugin(), "fake")
    request = GenerationRequest(product=MUG, views=(View(),), size=64, maps=("depth",))
    ((picture,),) = host.get("generator", "render/parametric").generate([request])
    assert set(picture.maps) == {"depth"}
    with pytest.raises(InputError, match="gives no maps of depth"):
        host.get("generator", next(i for i in host.registry.ids("generator") if i.startswith("fake/"))).generate(
            [request]
        )
