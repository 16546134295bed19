"""Flat bottles, and outlines that are not quite symmetric."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prodgen_render.model import Material, Model3D
from prodgen_render.parametric import build_model
from prodgen_render.photo.build import model_from_photos
from prodgen_render.photo.choose import leftovers
from prodgen_render.photo.cutout import Cutout, cut_out
from prodgen_render.photo.frame import AWAY, contract_frame
from prodgen_render.photo.kinds import read_words
from prodgen_render.photo.measures import overlap
from prodgen_render.photo.refined import fitted_to
from prodgen_render.photo.revolution import fit_revolution
from prodgen_render.photo.revolved import flatness, section
from prodgen_render.photo.solid import revolved_part
from prodgen_render.photo.texture import Shot
from prodgen_render.rendering.views import render, silhouettes
from prodgen_render.shapes.geometry import loft
from scipy import ndimage

from prodgen_sdk.types import Product, View

SIZE = 320
PROFILE = np.array(
    [(1e-3, 0), (0.38, 0), (0.4, 0.02), (0.42, 0.9), (0.36, 1.25), (0.13, 1.45), (0.12, 1.7), (0.12, 1.8), (1e-3, 1.8)]
)


def bottle(thickest: float, right: float = 1.0) -> Model3D:
    """A bottle that is at most so thick; its right side is `right` times as wide as the left one."""
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(PROFILE, axis=0), axis=1))])
    at = np.linspace(0, length[-1], 120)
    radius, height = np.interp(at, length, PROFILE[:, 0]), np.interp(at, length, PROFILE[:, 1])
    across, away = section(
        (np.linspace(0, 2 * np.pi, 64, endpoint=False) + np.pi / 2)[None], flatness(radius, thickest)[:, None]
    )
    x = radius[:, None] * across
    points = np.stack(
        [np.where(x > 0, right * x, x), radius[:, None] * away, np.broadcast_to(height[:, None], x.shape)], -1
    )
    return Model3D((loft(points, Material("glass", (0.2, 0.5, 0.3))),))


@given(radius=st.floats(1e-3, 3), thickest=st.floats(1e-2, 2))
def test_no_ring_is_thicker_than_wide_or_than_the_body(radius: float, thickest: float) -> None:
    share = float(flatness(np.array([radius]), thickest)[0])
    assert 0 < share <= 1
    assert share * radius <= thickest * 1.0001
    if radius < 0.5 * thickest:
        assert share > 0.99


@given(flat=st.floats(0.2, 1))
def test_sections_reach_their_width_and_depth(flat: float) -> None:
    x, y = section(np.linspace(0, 2 * np.pi, 361)[None], np.array([[flat]]))
    assert x.max() == pytest.approx(1, abs=1e-6)
    assert y.max() == pytest.approx(flat, abs=1e-6)


@pytest.mark.parametrize("elevation", [0.0, 15.0])
def test_a_flat_bottle_is_found_flat_with_a_round_neck(elevation: float) -> None:
    mask = silhouettes(bottle(0.22), [View(elevation=elevation)], SIZE)[0]
    frame = contract_frame(SIZE, SIZE)
    assert frame is not None
    body = fit_revolution(mask, frame, framed=True)
    assert body is not None
    assert body.squash == pytest.approx(0.22 / 0.42, abs=0.16)
    # A higher camera and a flatter body look much alike.
    assert body.camera.elevation == pytest.approx(elevation, abs=11)
    neck = float(body.radius[int(0.9 * len(body.radius))])
    assert body.flatness(np.array([neck]))[0] > 0.95


@pytest.mark.parametrize("right", [1.0, 1.05, 0.95])
def test_both_sides_follow_the_outline(right: float) -> None:
    mask = silhouettes(bottle(np.inf, right), [View()], SIZE)[0]
    frame = contract_frame(SIZE, SIZE)
    assert frame is not None
    body = fit_revolution(mask, frame, 0.0, 1.0)
    assert body is not None
    fitted = fitted_to(body, mask, leftovers(mask, body)[0])
    shot = Shot(Cutout(mask, np.full((SIZE, SIZE, 3), 0.3, np.float32), 1.0), fitted.camera)
    middle = np.array([(frame.x - fitted.camera.x) * AWAY / frame.focal, 0, 0], np.float32)
    model = Model3D((revolved_part(fitted, [shot]),), framed=(middle, 1.0))
    assert overlap(silhouettes(model, [View()], SIZE)[0], mask) > 0.985


def test_turned_bodies_that_stand_beside_each_other_are_fitted_one_by_one() -> None:
    product = Product(sku="lipstick", title="Red lipstick", category="beauty/lipstick")
    true = build_model(product, 3)
    built = model_from_photos(render(true, [View()], size=384)[0].image, product)
    assert built.shape == "revolution"
    assert len(built.model.parts) == 2
    left, right = sorted(float(part.vertices[:, 0].mean()) for part in built.model.parts)
    assert left < 0 < right
    views = [View(azimuth=azimuth) for azimuth in (60, 180)]
    for made, wanted in zip(render(built.model, views, size=96), render(true, views, size=96), strict=True):
        assert overlap(made.mask, wanted.mask) > 0.75


@pytest.mark.parametrize(("title", "sure"), [("Wine bottle", True), ("Shampoo bottle", False), ("红酒瓶", True)])
def test_what_a_bottle_holds_tells_whether_it_is_round(title: str, sure: bool) -> None:
    assert read_words(Product(sku="b", title=title, category="food/bottle")).round is sure


def test_the_floor_seen_through_a_handle_is_no_product() -> None:
    y, x = np.mgrid[0:300, 0:300]
    away = np.hypot(x - 200, y - 170)
    body, handle = (abs(x - 130) < 60) & (abs(y - 160) < 90), (away < 62) & (away > 42)
    product = body | handle
    # The shadow begins within the handle's hole, and grows darker towards its lower end.
    shade = 0.16 * np.clip((y - 165) / 50, 0, 1) * (x > 150)
    photo = np.repeat(np.round(255 * (1 - shade))[..., None], 3, 2).astype(np.uint8)
    photo[product] = (150, 30, 40)
    found = cut_out(photo).mask
    hole = ndimage.binary_erosion(ndimage.binary_fill_holes(product) & ~product, iterations=2)
    assert found[ndimage.binary_erosion(product, iterations=2)].all()
    assert found[hole].mean() < 0.1
