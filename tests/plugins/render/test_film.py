"""What makes rendering fast changes no picture: shared shadings, shadows by footprint, spheres of outer points."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prodgen_render.model import bounding_sphere
from prodgen_render.parametric import build_model
from prodgen_render.rendering import film
from prodgen_render.rendering.floor import FloorMaker
from prodgen_render.rendering.lights import lighting, map_directions, solid_angles, turn
from prodgen_render.rendering.sampling import cosine_hemisphere, r2
from prodgen_render.rendering.tracer import Tracer
from prodgen_render.rendering.views import render
from prodgen_render.vectors import cross, dot, interpolate, plus, scaled, unit

from prodgen_sdk.types import Generated, Product, Scene, View

VIEWS = [View(azimuth=35, elevation=15), View(azimuth=150, elevation=-10)]


@pytest.mark.parametrize(
    ("title", "category"),
    [("Striped red mug", "home/mug"), ("Candle in a glass", "home/candle"), ("Sofa", "home/sofa")],
)
def test_sharing_shadings_comes_close_to_shading_every_sample(title, category, monkeypatch):
    model = build_model(Product(sku="film", title=title, category=category, attributes={"material": "glass"}), 3)
    quick = [item.image.astype(float) for item in render(model, VIEWS, size=128)]
    monkeypatch.setattr(film, "_SMOOTH", 2.0)
    every = [item.image.astype(float) for item in render(model, VIEWS, size=128)]
    for a, b in zip(quick, every, strict=True):
        error = ((a - b) ** 2).mean()
        assert 0 < error < 255**2 / 10**4.2
        # And not by chance: most pixels are the very same.
        assert (a == b).all(2).mean() > 0.8


def test_small_pictures_have_no_specks_in_outlines() -> None:
    tin = build_model(Product(sku="t", title="Plain green tin", category="food/tin"), 3)
    large, small = (
        render(tin, [View(azimuth=20, elevation=12)], Scene(background="transparent"), size=size)[0]
        for size in (512, 184)
    )

    def darkest(made: Generated) -> float:
        return float(made.image[..., :3][made.mask].sum(1).min())

    assert darkest(small) > 0.8 * darkest(large)


def test_only_places_that_the_product_can_shadow_are_traced():
    tracer = Tracer(build_model(Product(sku="floor", title="Chair", category="home/chair"), 2))
    light = lighting("studio")
    floor = FloorMaker(tracer, light, 40)
    box = light.rig.key
    points = r2(12, 9) * 2 - 1
    directions = np.concatenate([cosine_hemisphere(r2(24, 5)), turn(box.towards(points[:, 0], points[:, 1]), 70.0)])
    places = floor.places.reshape(-1, 3)
    naive = np.mean([tracer.light(places, np.broadcast_to(d, places.shape)) for d in directions], 0).reshape(40, 40)
    seen = floor.window > 0
    np.testing.assert_allclose(floor.arrived(directions)[seen], naive[seen], atol=1e-6)
    assert naive[seen].min() < 0.9


@given(st.integers(1, 400), st.integers(0, 10_000), st.sampled_from([(1, 1, 1), (1, 0.02, 3), (0, 0, 1)]))
@settings(max_examples=60, deadline=None)
def test_the_sphere_of_the_outer_points_is_that_of_all(count, seed, shape):
    points = (np.random.default_rng(seed).standard_t(3, (count, 3)) * shape).astype(np.float32)
    centre = (points.astype(np.float64).min(0) + points.astype(np.float64).max(0)) / 2
    for step in range(1, 61):
        gaps = ((points - centre) ** 2).sum(1)
        centre = centre + (points[gaps.argmax()] - centre) / (step + 30)
    found, radius = bounding_sphere(points)
    np.testing.assert_allclose(found, centre, atol=1e-4 * max(radius, 1))
    assert np.linalg.norm(points - found, axis=1).max() <= radius * (1 + 1e-4) + 1e-5


@given(st.integers(0, 50), st.integers(0, 10_000))
@settings(max_examples=40, deadline=None)
def test_rows_of_vectors(count, seed):
    rng = np.random.default_rng(seed)
    a, b = rng.normal(size=(2, count, 3)).astype(np.float32)
    by = rng.normal(size=count).astype(np.float32)
    np.testing.assert_allclose(dot(a, b), (a * b).sum(1), atol=1e-5)
    np.testing.assert_allclose(cross(a, b), np.cross(a, b).reshape(-1, 3), atol=1e-5)
    np.testing.assert_allclose(scaled(a, by), a * by[:, None], atol=1e-6)
    np.testing.assert_allclose(plus(a, b, by), a + b * by[:, None], atol=1e-5)
    np.testing.assert_allclose(np.linalg.norm(unit(a), axis=1), np.ones(count), atol=1e-5)
    values, corners = rng.normal(size=(7, 2)).astype(np.float32), rng.integers(0, 7, (count, 3))
    np.testing.assert_allclose(interpolate(values, corners, a), (values[corners] * a[..., None]).sum(1), atol=1e-5)


def test_edges_behind_glass_are_as_smooth_as_those_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    jar = build_model(Product(sku="j", title="Strawberry jam", category="food/jar"), 1)

    def seen(size: int) -> np.ndarray:
        return render(jar, VIEWS[:1], Scene(shadow=False), size)[0].image.astype(float)

    fine = seen(384).reshape(96, 4, 96, 4, 3).mean((1, 3))
    monkeypatch.setattr(film, "_STEP", 9.0)
    plain = np.abs(seen(96) - fine)
    monkeypatch.undo()
    smooth = np.abs(seen(96) - fine)
    assert (smooth > 40).sum() < 0.7 * (plain > 40).sum()


def test_a_light_with_soft_edges_is_as_strong_as_its_bright_part() -> None:
    box = lighting("studio").rig.key
    rows, columns = 180, 360
    power = box.at(map_directions(rows, columns)).reshape(-1) @ solid_angles(rows, columns)
    assert power == pytest.approx(box.radiance * box.solid_angle, rel=0.06)
